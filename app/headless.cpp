#include "app/headless.h"

#include <unistd.h>

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <cmath>
#include <cstdio>

#include "app/command_line.h"
#include "app/document.h"
#include "app/interrupt.h"
#include "app/pinning.h"
#include "core/io/atomic_file.h"
#include "core/io/file_mark.h"
#include "core/io/history_csv.h"
#include "core/model/templates.h"
#include "core/train/fits.h"
#include "core/train/folds.h"
#include "widgets/figure/figure_export.h"
#include "widgets/maps/confusion_view.h"
#include "widgets/maps/map_grid_view.h"
#include "widgets/maps/pinned_samples_view.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "vitrine: %s\n", error.text().c_str());
  return 1;
}

/// Figures are widgets, and widgets need an application: one that needs no display.
class OffscreenApplication {
 public:
  OffscreenApplication() {
    if (QCoreApplication::instance()) return;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    app_ = std::make_unique<QApplication>(argc_, argv_);
    nameApplication();
  }

 private:
  int argc_ = 1;
  char name_[8] = "vitrine";
  char* argv_[2] = {name_, nullptr};
  std::unique_ptr<QApplication> app_;
};

void drawProgress(const Snapshot& s) {
  if (!s.state || !s.data) return;
  const double share = static_cast<double>(s.state->position) / static_cast<double>(std::max<std::size_t>(s.data->train.size(), 1));
  constexpr int kWidth = 30;
  const int filled = static_cast<int>(share * kWidth);
  const double loss = s.batchPoints > 0 ? s.history->batches[s.batchPoints - 1].loss : NAN;
  std::fprintf(stderr, "\repoch %lld [%s%s] loss %.4f  %.0f samples/s   ", static_cast<long long>(s.state->epoch + 1), std::string(static_cast<std::size_t>(filled), '#').c_str(),
               std::string(static_cast<std::size_t>(kWidth - filled), '.').c_str(), loss, s.samplesPerSecond);
  std::fflush(stderr);
}

void print(const EpochPoint& p) {
  std::printf("epoch %lld  loss %.5f  validation loss %.5f", static_cast<long long>(p.epoch), p.trainLoss, p.validationLoss);
  if (std::isfinite(p.validationAccuracy)) std::printf("  validation accuracy %.2f %%", 100 * p.validationAccuracy);
  std::printf("\n");
  std::fflush(stdout);
}

/// Trains `epochs` more, or until the run's own options, numbers that cease to be finite or `stop` end it. Tells how it goes; the snapshot
/// is what there is then.
std::shared_ptr<const Snapshot> train(Trainer& trainer, std::int64_t epochs, std::stop_token stop) {
  const bool drawn = isatty(STDERR_FILENO);
  const std::stop_callback pause(stop, [&] { trainer.pause(); });
  trainer.waitIdle();
  std::shared_ptr<const Snapshot> s = trainer.snapshots().get();
  for (std::int64_t e = 0; e < epochs && !stop.stop_requested(); ++e) {
    const std::size_t told = s->epochPoints;
    trainer.stepEpoch();
    if (stop.stop_requested()) trainer.pause();  // the pause that came with it may stand before the step
    trainer.waitIdle(drawn ? drawProgress : std::function<void(const Snapshot&)>());
    if (drawn) std::fputs("\r\033[K", stderr);
    s = trainer.snapshots().get();
    if (s->epochPoints > told) print(s->history->epochs[s->epochPoints - 1]);
    if (s->run == RunState::Failed || !s->finish.empty()) break;
  }
  if (!s->failure.empty()) std::fprintf(stderr, "vitrine: %s\n", s->failure.c_str());
  if (!s->finish.empty()) std::printf("%s\n", s->finish.c_str());
  return s;
}

Status writeText(const QString& path, const std::string& text) {
  AtomicFile file(path.toStdString());
  if (Status s = file.open(); !s) return s;
  if (Status s = file.write(text); !s) return s;
  return file.commit();
}

Status write(const Figure& figure, const QString& folder, const QString& name) {
  if (figure.isEmpty()) return {};
  for (FigureFormat format : {FigureFormat::Png, FigureFormat::Pdf, FigureFormat::Csv}) {
    ExportRequest request;
    request.format = format;
    request.widthMm = figure.preferredMm().width();
    request.heightMm = figure.preferredMm().height();
    request.path = folder + QLatin1Char('/') + name + QLatin1Char('.') + extensionOf(format);
    if (Status s = exportFigure(figure, request); !s) return s;
  }
  return {};
}

Status writeCurves(const Snapshot& s, const QString& folder) {
  CurvePlot plot(QObject::tr("Loss"));
  plot.setAxes(QObject::tr("epoch"), QString::fromStdString(lossOf(s.network->graph()).axis));
  std::vector<double> x, y, ex, ey;
  for (std::size_t i = 0; i < s.batchPoints; ++i) x.push_back(s.history->batches[i].epoch), y.push_back(s.history->batches[i].loss);
  for (std::size_t i = 0; i < s.epochPoints; ++i)
    ex.push_back(static_cast<double>(s.history->epochs[i].epoch)), ey.push_back(s.history->epochs[i].validationLoss);
  plot.addSeries(QObject::tr("training"));
  plot.addSeries(QObject::tr("validation"));
  plot.setSeries(QObject::tr("training"), x, y, 0);
  plot.setSeries(QObject::tr("validation"), ex, ey, 0);
  return write(plot, folder, QStringLiteral("loss"));
}

Status writeFilters(const Snapshot& s, const QString& folder) {
  for (const PlacedBlock& b : s.network->blocks()) {
    if (b.block.shape.rank() != 4) continue;
    MapGridView view;
    MapGridData d;
    d.title = QObject::tr("Filters of %1").arg(QString::fromStdString(s.network->graph().find(b.node)->name));
    d.values.assign(s.state->params.data() + b.offset, s.state->params.data() + b.offset + b.size());
    d.shape = {static_cast<int>(b.block.shape[2] * b.block.shape[3]), static_cast<int>(b.block.shape[0]), static_cast<int>(b.block.shape[1]), true};
    d.valueName = QObject::tr("weight");
    view.setData(std::move(d));
    return write(view, folder, QStringLiteral("filters"));
  }
  return {};
}

Status writeSaliency(const std::shared_ptr<const Snapshot>& s, const QString& folder) {
  if (!s->data->spec.input.isImage()) return {};
  ObserverRequest request;
  request.pinned = firstPins(*s->data);
  request.methods = {"saliency"};
  request.explain = true;
  PinnedData d = pinnedData(*observe(s, request));
  d.title = QObject::tr("Saliency");
  PinnedSamplesView view;
  view.setData(std::move(d));
  return write(view, folder, QStringLiteral("saliency"));
}

Status writeFigures(const std::shared_ptr<const Snapshot>& s, const QString& folder) {
  OffscreenApplication app;
  applyTheme(*qApp, ThemeChoice::Light);
  if (!QDir().mkpath(folder)) return problem("The folder cannot be made.", folder.toStdString());
  if (Status status = writeCurves(*s, folder); !status) return status;
  if (Status status = writeFilters(*s, folder); !status) return status;
  if (Status status = writeSaliency(s, folder); !status) return status;
  const EpochPoint* last = s->epochPoints > 0 ? &s->history->epochs[s->epochPoints - 1] : nullptr;
  if (!last || last->confusion.empty()) return {};
  ConfusionView confusion;
  ConfusionData d;
  d.title = QObject::tr("Confusion, validation");
  for (const std::string& c : s->data->spec.classes) d.classes << QString::fromStdString(c);
  d.counts = last->confusion;
  confusion.setData(std::move(d));
  return write(confusion, folder, QStringLiteral("confusion"));
}

std::string meanText(const MeanDeviation& m, double factor, const char* unit) {
  char text[96];
  std::snprintf(text, sizeof(text), "%.4g ± %.2g%s", factor * m.mean, factor * m.deviation, unit);
  return text;
}

/// Tries what will be written later, so that hours of training do not end in an error.
Status canWrite(const QString& path) {
  AtomicFile file(path.toStdString());
  if (Status s = file.open(); !s) return s;
  return file.write(" ");
}

Status prepareFolder(const QString& folder, std::initializer_list<const char*> files) {
  if (!QDir().mkpath(folder)) return problem("The folder cannot be made.", folder.toStdString());
  for (const char* name : files)
    if (Status s = canWrite(folder + QLatin1Char('/') + QLatin1String(name)); !s) return s;
  return {};
}

/// `vitrine train … --folds K`: a line a fold, then mean and deviation. The folds that were done are kept however it ends.
int crossValidateJob(const TrainJob& job, const Project& p, Interrupt& interrupt) {
  const bool classes = p.data->spec.task != Task::Regression;
  FoldOptions options;
  options.folds = job.folds;
  options.epochs = job.epochs ? *job.epochs : p.settings.epochs > 0 ? p.settings.epochs : options.epochs;
  options.seed = job.seed.value_or(p.settings.seed);
  if (!job.out.isEmpty())
    if (Status ready = prepareFolder(job.out, {"folds.csv"}); !ready) return complain(ready.error());
  std::string table = std::string("fold,training rows,validation rows,epochs,training loss,validation loss,") + (classes ? "validation accuracy" : "validation R²") + "\r\n";
  int done = 0;
  FoldsProgress progress;
  progress.fold = [&](const FoldResult& f) {
    const double metric = classes ? f.accuracy : f.r2;
    char line[200];
    std::snprintf(line, sizeof(line), "%d,%lld,%lld,%lld,%.17g,%.17g,%.17g\r\n", ++done, static_cast<long long>(f.trainRows), static_cast<long long>(f.validationRows),
                  static_cast<long long>(f.epochs), f.trainLoss, f.validationLoss, metric);
    table += line;
    std::printf("fold %d  loss %.5f  validation loss %.5f  ", done, f.trainLoss, f.validationLoss);
    classes ? std::printf("validation accuracy %.2f %%\n", 100 * metric) : std::printf("validation R² %.4f\n", metric);
    std::fflush(stdout);
  };
  interrupt.keep();
  const Result<FoldsReport> report = crossValidate(p.graph, p.data, p.settings, options, job.threads, interrupt.token(), progress);
  if (report) {
    std::printf("%lld folds, mean ± deviation: validation loss %s, ", static_cast<long long>(options.folds), meanText(report->loss, 1, "").c_str());
    std::printf(classes ? "validation accuracy %s\n" : "validation R² %s\n", (classes ? meanText(report->accuracy, 100, " %") : meanText(report->r2, 1, "")).c_str());
  } else {
    complain(report.error());
    std::printf("%d of %lld folds were done\n", done, static_cast<long long>(options.folds));
  }
  if (!job.out.isEmpty() && done > 0) {
    const QString path = job.out + QStringLiteral("/folds.csv");
    if (Status told = writeText(path, table); !told) return complain(told.error());
    std::printf("saved %s\n", qPrintable(path));
  }
  if (interrupt.exitCode() != 0) return interrupt.exitCode();
  return report ? 0 : 1;
}

/// Saves what was trained where it belongs. Where that cannot be, or another program has put something else there meanwhile, it goes beside it or
/// into the folder for temporary files, so that nothing is lost.
int saveTrained(const TrainJob& job, const Project& p, const FileMark& mark) {
  if (!job.out.isEmpty()) QDir().mkpath(job.out);  // it may have gone meanwhile
  const QString own = job.out.isEmpty() ? job.project : job.out + QStringLiteral("/project.vitrine");
  const QString name = QFileInfo(job.project).completeBaseName() + QStringLiteral("-trained-%1.vitrine").arg(QCoreApplication::applicationPid());
  QStringList places{own, QFileInfo(own).dir().filePath(name), QDir::temp().filePath(name)};
  if (job.out.isEmpty() && mark.isOther(own.toStdString())) {
    complain(problem("Another program has changed it meanwhile; it stays as that left it.", own.toStdString()));
    places.removeFirst();
  }
  for (const QString& place : places) {
    if (const Status saved = saveProject(place.toStdString(), p); !saved) {
      complain(saved.error());
      continue;
    }
    std::printf("saved %s: epoch %lld, step %lld\n", qPrintable(place), static_cast<long long>(p.state->epoch), static_cast<long long>(p.state->step));
    std::fflush(stdout);
    return place == own ? 0 : 1;
  }
  return 1;
}

Status writeTables(const Snapshot& s, const QString& folder) {
  if (Status told = writeText(folder + QStringLiteral("/history.csv"), batchesToCsv(*s.history, s.batchPoints)); !told) return told;
  return writeText(folder + QStringLiteral("/epochs.csv"), epochsToCsv(*s.history, s.epochPoints));
}

/// Trains the project that was opened, and saves it however training ends.
int trainProject(const TrainJob& job, Project& p, const FileMark& mark, std::shared_ptr<const Network> network, Interrupt& interrupt) {
  if (job.seed) {
    p.settings.seed = *job.seed;
    p.state = nullptr;
    p.history = nullptr;
    p.batchPoints = p.epochPoints = 0;
  }
  if (Status can = canTrain(*network, *p.data, p.settings); !can) return complain(can.error());
  const Status ready = job.out.isEmpty() ? canWrite(job.project) : prepareFolder(job.out, {"project.vitrine", "history.csv", "epochs.csv"});
  if (!ready) return complain(ready.error());
  Trainer trainer(job.threads);
  if (Status loaded = trainer.load(network, p.data, p.settings, p.state, std::const_pointer_cast<History>(p.history)); !loaded) return complain(loaded.error());
  const std::int64_t done = p.state ? p.state->epoch : 0, step = p.state ? p.state->step : 0;
  const std::int64_t epochs = job.epochs ? *job.epochs : p.settings.epochs > done ? p.settings.epochs - done : 1;
  interrupt.keep();
  std::printf("training %s: epochs %lld to %lld, %zu rows, %d threads\n", qPrintable(job.project), static_cast<long long>(done + 1),
              static_cast<long long>(done + epochs), p.data->train.size(), trainer.threads());
  std::fflush(stdout);
  const std::shared_ptr<const Snapshot> s = train(trainer, epochs, interrupt.token());
  const int code = s->run == RunState::Failed ? 1 : interrupt.exitCode();
  if (s->state->step == step && s->state->epoch == done) {
    std::fprintf(stderr, "vitrine: nothing was learnt; the project stays as it was\n");
    return code;
  }
  p.state = s->state;
  p.history = s->history;
  p.batchPoints = s->batchPoints;
  p.epochPoints = s->epochPoints;
  if (const int unsaved = saveTrained(job, p, mark)) return unsaved;
  if (job.out.isEmpty()) return code;
  if (Status told = writeTables(*s, job.out); !told) return complain(told.error());
  if (Status drawn = writeFigures(s, job.out + QStringLiteral("/figures")); !drawn) return complain(drawn.error());
  return code != 0 ? code : interrupt.exitCode();
}

}  // namespace

int runTrainJob(const TrainJob& job) {
  Interrupt interrupt;
  FileMark mark(job.project.toStdString());
  Result<OpenedProject> opened = openProject(job.project.toStdString());
  if (!opened) return complain(opened.error());
  mark.takeBytes(job.project.toStdString());
  Project& p = opened->project;
  for (const std::string& w : opened->warnings) std::fprintf(stderr, "vitrine: %s\n", w.c_str());
  if (!p.data) return complain(Error{job.project.toStdString(), "data", "no data that can be read", "the data the project was made with", {}});
  Result<std::shared_ptr<const Network>> network = Network::compile(p.graph, p.data->spec);
  if (!network) return complain(network.error());
  return job.folds > 0 ? crossValidateJob(job, p, interrupt) : trainProject(job, p, mark, *network, interrupt);
}

int runSampleJob(const QString& figures) {
  Result<DatasetPtr> data = openFashionMnist();
  if (!data) return complain(data.error());
  const Graph graph = defaultTemplate((*data)->spec).make((*data)->spec);
  Result<std::shared_ptr<const Network>> network = Network::compile(graph, (*data)->spec);
  if (!network) return complain(network.error());
  Trainer trainer;
  TrainSettings settings;
  settings.rate = 0.002;  // as the window starts with
  if (Status loaded = trainer.load(*network, *data, settings); !loaded) return complain(loaded.error());
  const std::shared_ptr<const Snapshot> s = train(trainer, 1, {});
  if (s->run == RunState::Failed) return 1;
  const QString folder = QDir::cleanPath(figures);
  if (Status drawn = writeFigures(s, folder); !drawn) return complain(drawn.error());
  std::printf("figures are in %s\n", qPrintable(folder));
  return 0;
}

}  // namespace vitrine
