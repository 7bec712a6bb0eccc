#include "app/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>
#include <cstdio>

#include "app/headless.h"

namespace vitrine {
namespace {

bool hasDisplay() {
  return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

int refuse(const QString& text) {
  std::fprintf(stderr, "vitrine: %s\n", qPrintable(text));
  return 2;
}

/// The whole number of an option; false (and told) when it is none or below `least`.
bool number(const QCommandLineParser& parser, const QString& name, qlonglong least, std::optional<qlonglong>& out, QString& error) {
  if (!parser.isSet(name)) return true;
  bool ok = false;
  const qlonglong value = parser.value(name).toLongLong(&ok);
  if (!ok || value < least) {
    error = QCoreApplication::translate("CommandLine", "--%1: found '%2', expected a whole number from %3").arg(name, parser.value(name)).arg(least);
    return false;
  }
  out = value;
  return true;
}

}  // namespace

void nameApplication() {
  QCoreApplication::setOrganizationName(QStringLiteral("Vitrine"));
  QCoreApplication::setApplicationName(QStringLiteral("vitrine"));
  QCoreApplication::setApplicationVersion(QStringLiteral(VITRINE_VERSION));
}

std::optional<int> runCommandLine(int& argc, char** argv, StartOptions& options) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  auto tr = [](const char* text) { return QCoreApplication::translate("CommandLine", text); };
  QCommandLineParser parser;
  parser.setApplicationDescription(tr("See inside a neural network while it learns.\n\nvitrine [FILE]           opens the window, with a project or a data file\n"
                                      "vitrine train PROJECT    trains without a window: the same numbers"));
  parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, tr("Shows this help.")});
  parser.addOption({{QStringLiteral("v"), QStringLiteral("version")}, tr("Shows the version.")});
  parser.addOption({QStringLiteral("epochs"), tr("train: epochs to train."), QStringLiteral("N")});
  parser.addOption({QStringLiteral("seed"), tr("train: start anew from this seed."), QStringLiteral("S")});
  parser.addOption({QStringLiteral("folds"), tr("train: cross-validation instead, with so many folds; the project stays as it is."), QStringLiteral("K")});
  parser.addOption({QStringLiteral("threads"), tr("Threads that train; the result does not depend on it."), QStringLiteral("T")});
  parser.addOption({QStringLiteral("out"), tr("train: folder for the trained project, its history and figures."), QStringLiteral("DIR")});
  parser.addPositionalArgument(QStringLiteral("FILE"), tr("A project (.vitrine) or a data file."), QStringLiteral("[train] [FILE]"));
  // Qt's own options (-platform …) are no options here: its environment variables (QT_QPA_PLATFORM …) do the same.
  if (!parser.parse(arguments)) return refuse(parser.errorText());
  if (parser.isSet(QStringLiteral("version"))) {
    std::printf("vitrine %s\n", VITRINE_VERSION);
    return 0;
  }
  if (parser.isSet(QStringLiteral("help"))) {
    // There is no application yet that could tell the parser its name.
    std::fputs(qPrintable(parser.helpText().replace(QStringLiteral("<executable_name>"), QStringLiteral("vitrine"))), stdout);
    return 0;
  }
  QString error;
  std::optional<qlonglong> epochs, seed, threads, folds;
  if (!number(parser, QStringLiteral("epochs"), 1, epochs, error) || !number(parser, QStringLiteral("seed"), 0, seed, error) ||
      !number(parser, QStringLiteral("threads"), 1, threads, error) || !number(parser, QStringLiteral("folds"), 2, folds, error))
    return refuse(error);
  options.threads = static_cast<int>(threads.value_or(0));
  const QStringList positional = parser.positionalArguments();
  if (positional.value(0) == QStringLiteral("train")) {
    if (positional.size() != 2) return refuse(tr("train: found %1 files, expected one project").arg(positional.size() - 1));
    TrainJob job;
    job.project = positional[1];
    if (epochs) job.epochs = *epochs;
    if (seed) job.seed = static_cast<std::uint64_t>(*seed);
    job.folds = folds.value_or(0);
    job.threads = options.threads;
    job.out = parser.value(QStringLiteral("out"));
    return runTrainJob(job);
  }
  if (positional.size() > 1) return refuse(tr("found %1 files, expected one").arg(positional.size()));
  if (epochs || seed || folds || parser.isSet(QStringLiteral("out")))
    return refuse(tr("--epochs, --seed, --folds and --out belong to 'vitrine train PROJECT'"));
  options.open = positional.value(0);
  if (!options.open.isEmpty() && !QFileInfo::exists(options.open)) return refuse(tr("there is no file '%1'").arg(options.open));
  if (hasDisplay()) return std::nullopt;
  if (!options.open.isEmpty()) return refuse(tr("there is no display; 'vitrine train PROJECT' works without one"));
  std::puts("vitrine: there is no display, so the sample project is trained for one epoch without a window");
  // Beside the program's own folder: build/figures in a build tree.
  return runSampleJob(QFileInfo(arguments[0]).absolutePath() + QStringLiteral("/../figures"));
}

}  // namespace vitrine
