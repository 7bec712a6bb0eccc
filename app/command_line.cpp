#include "app/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFileInfo>
#include <algorithm>
#include <cstdio>
#include <limits>

#include "app/headless.h"
#include "core/base/thread_pool.h"

namespace vitrine {
namespace {

bool hasDisplay() {
  return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

int refuse(const QString& text) {
  std::fprintf(stderr, "vitrine: %s\n", qPrintable(text));
  return 2;
}

/// The value of an option; none when it was not given. Given several times, it must say the same.
bool once(const QCommandLineParser& parser, const QString& name, std::optional<QString>& out, QString& error) {
  const QStringList values = parser.values(name);
  for (const QString& value : values)
    if (value != values[0]) {
      error = QCoreApplication::translate("CommandLine", "--%1: found both '%2' and '%3', expected one value").arg(name, values[0], value);
      return false;
    }
  if (!values.isEmpty()) out = values[0];
  return true;
}

/// The whole number of an option, in decimal digits alone; false (and told) when it is none, or outside `least` to `most`.
bool number(const QCommandLineParser& parser, const QString& name, quint64 least, quint64 most, std::optional<quint64>& out, QString& error) {
  std::optional<QString> text;
  if (!once(parser, name, text, error)) return false;
  if (!text) return true;
  const bool digits = std::all_of(text->begin(), text->end(), [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); });
  bool ok = false;
  const quint64 value = text->toULongLong(&ok);
  if (!digits || !ok || value < least || value > most) {
    error = QCoreApplication::translate("CommandLine", "--%1: found '%2', expected a whole number from %3 to %4").arg(name, *text).arg(least).arg(most);
    return false;
  }
  out = value;
  return true;
}

/// What the options say; what was not given is empty.
struct Options {
  std::optional<quint64> epochs, seed, threads, folds;
  std::optional<QString> out;
};

/// False, and `error` told, when one of them is not what it should be.
bool readOptions(const QCommandLineParser& parser, Options& o, QString& error) {
  if (!number(parser, QStringLiteral("epochs"), 1, 1'000'000'000, o.epochs, error) ||
      !number(parser, QStringLiteral("seed"), 0, std::numeric_limits<quint64>::max(), o.seed, error) ||
      !number(parser, QStringLiteral("threads"), 1, kMostThreads, o.threads, error) ||
      !number(parser, QStringLiteral("folds"), 2, std::numeric_limits<std::int32_t>::max(), o.folds, error) || !once(parser, QStringLiteral("out"), o.out, error))
    return false;
  if (o.out && o.out->isEmpty()) error = QCoreApplication::translate("CommandLine", "--out: found '', expected the name of a folder");
  return error.isEmpty();
}

int train(const Options& o, const QString& project) {
  TrainJob job;
  job.project = project;
  if (o.epochs) job.epochs = static_cast<std::int64_t>(*o.epochs);
  if (o.seed) job.seed = *o.seed;
  job.folds = static_cast<std::int64_t>(o.folds.value_or(0));
  job.threads = static_cast<int>(o.threads.value_or(0));
  job.out = o.out.value_or(QString());
  return runTrainJob(job);
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
  parser.addOption({QStringLiteral("epochs"), tr("train: epochs to train, 1 to 1000000000."), QStringLiteral("N")});
  parser.addOption({QStringLiteral("seed"), tr("train: start anew from this seed, 0 to 18446744073709551615."), QStringLiteral("S")});
  parser.addOption({QStringLiteral("folds"), tr("train: cross-validation instead, with so many folds; the project stays as it is."), QStringLiteral("K")});
  parser.addOption({QStringLiteral("threads"), tr("Threads that train, 1 to 256; the result does not depend on it."), QStringLiteral("T")});
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
  Options given;
  if (!readOptions(parser, given, error)) return refuse(error);
  options.threads = static_cast<int>(given.threads.value_or(0));
  const QStringList positional = parser.positionalArguments();
  if (positional.value(0) == QStringLiteral("train")) {
    if (positional.size() != 2) return refuse(tr("train: found %1 files, expected one project").arg(positional.size() - 1));
    return train(given, positional[1]);
  }
  if (positional.size() > 1) return refuse(tr("found %1 files, expected one").arg(positional.size()));
  if (given.epochs || given.seed || given.folds || given.out)
    return refuse(tr("--epochs, --seed, --folds and --out belong to 'vitrine train PROJECT'"));
  options.open = positional.value(0);
  if (!positional.isEmpty() && !QFileInfo::exists(options.open)) return refuse(tr("there is no file '%1'").arg(options.open));
  if (hasDisplay()) return std::nullopt;
  if (!options.open.isEmpty()) return refuse(tr("there is no display; 'vitrine train PROJECT' works without one"));
  std::puts("vitrine: there is no display, so the sample project is trained for one epoch without a window");
  // Beside the program's own folder: build/figures in a build tree.
  return runSampleJob(QFileInfo(arguments[0]).absolutePath() + QStringLiteral("/../figures"));
}

}  // namespace vitrine
