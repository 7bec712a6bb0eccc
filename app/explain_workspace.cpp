#include "app/explain_workspace.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>

#include "widgets/editor/category.h"

namespace vitrine {
namespace {

/// Live, a refresh that took t is followed by a rest of 9 t: a tenth of the time at most.
constexpr double kRest = 9;

QSplitter* splitter(Qt::Orientation way, const char* name) {
  auto* s = new QSplitter(way);
  s->setObjectName(QLatin1String(name));
  s->setHandleWidth(8);
  s->setChildrenCollapsible(false);
  return s;
}

}  // namespace

ExplainWorkspace::ExplainWorkspace(Document& document, Panels& panels, QWidget* parent) : QWidget(parent), document_(document), panels_(panels) {
  setObjectName(QStringLiteral("explainWorkspace"));
  wall_ = new ExplainWall(this);
  build();
  connect(&document_, &Document::snapshotChanged, this, &ExplainWorkspace::onSnapshot);
  connect(&document_, &Document::dataChanged, this, &ExplainWorkspace::onSnapshot);
  connect(choices_, &ExplainChoices::samplesChanged, this, &ExplainWorkspace::onSamples);
  connect(choices_, &ExplainChoices::choicesChanged, this, &ExplainWorkspace::refresh);
  connect(choices_, &ExplainChoices::scaleChanged, this, [this] {
    WallLook look = view_->look();
    look.scale = choices_->scale();
    view_->setLook(look);
  });
  connect(wall_, &ExplainWall::changed, this, &ExplainWorkspace::onWall);
  connect(&wall_->queue(), &JobQueue::progressed, this, &ExplainWorkspace::tellProgress);
  connect(&wall_->queue(), &JobQueue::finished, this, [this] {
    took_ = wall_->seconds();
    rested_.start();
    tellState();
  });
  onSamples();
}

ExplainWorkspace::~ExplainWorkspace() = default;

FigurePanel* ExplainWorkspace::panel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home) {
  auto* p = new FigurePanel(title, content, figure);
  home->addWidget(p);
  panels_.add(id, p);
  return p;
}

void ExplainWorkspace::build() {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  outer_ = splitter(Qt::Horizontal, "explainSplitter");
  centre_ = splitter(Qt::Vertical, "explainCentreSplitter");
  row->addWidget(outer_);
  choices_ = new ExplainChoices(document_);
  FigurePanel* samples = panel(QStringLiteral("panelExplainSamples"), tr("Samples"), choices_, choices_->gallery(), outer_);
  connect(choices_, &ExplainChoices::sideTextChanged, samples, &FigurePanel::setSideText);
  outer_->addWidget(centre_);
  view_ = new WallView;
  view_->setObjectName(QStringLiteral("explainWall"));
  wallPanel_ = panel(QStringLiteral("panelExplainWall"), tr("Wall of attributions"), buildWall(), view_, centre_);

  add_ = new QToolButton;
  add_->setObjectName(QStringLiteral("explainAddMethod"));
  add_->setText(tr("+ method"));
  add_->setAccessibleName(tr("Add a method"));
  add_->setToolTip(tr("Adds a column. Methods that do not fit this network are grey and say why."));
  add_->setProperty("flat", true);
  add_->setPopupMode(QToolButton::InstantPopup);
  methodMenu_ = new QMenu(this);
  methodMenu_->setObjectName(QStringLiteral("explainMethodMenu"));
  methodMenu_->setToolTipsVisible(true);
  connect(methodMenu_, &QMenu::aboutToShow, this, [this] { fillMethodMenu(methodMenu_); });
  add_->setMenu(methodMenu_);
  auto* look = new QToolButton;
  look->setObjectName(QStringLiteral("explainLook"));
  look->setText(tr("look"));
  look->setToolTip(tr("Overlay, colour map, sign, smoothing, clipping"));
  look->setProperty("flat", true);
  look->setPopupMode(QToolButton::InstantPopup);
  auto* lookMenu = new QMenu(look);
  auto* lookAction = new QWidgetAction(lookMenu);
  lookAction->setDefaultWidget(buildLook());
  lookMenu->addAction(lookAction);
  look->setMenu(lookMenu);
  live_ = new QAction(tr("live"), this);
  live_->setObjectName(QStringLiteral("explainLive"));
  live_->setCheckable(true);
  live_->setToolTip(tr("Explains anew while the network learns; takes a tenth of the time at most"));
  auto* live = new QToolButton;
  live->setDefaultAction(live_);
  live->setObjectName(QStringLiteral("explainLiveButton"));
  live->setProperty("flat", true);
  connect(live_, &QAction::toggled, this, &ExplainWorkspace::onSnapshot);
  auto* exports = new QToolButton;
  exports->setObjectName(QStringLiteral("explainExport"));
  exports->setText(tr("export"));
  exports->setProperty("flat", true);
  exports->setToolTip(tr("The wall as one figure, or its attributions as numbers"));
  exports->setPopupMode(QToolButton::InstantPopup);
  auto* exportMenu = new QMenu(exports);
  exportMenu->setToolTipsVisible(true);
  QAction* figure = exportMenu->addAction(tr("Wall as a figure…"), this, [this] { emit panels_.exportRequested(view_); });
  figure->setObjectName(QStringLiteral("explainExportFigure"));
  figure->setToolTip(tr("PNG, SVG or PDF at a size in millimetres, with labels and scales"));
  QAction* csv = exportMenu->addAction(tr("Attributions as CSV…"), this, [this] { emit panels_.dataExportRequested(view_); });
  csv->setObjectName(QStringLiteral("explainExportCsv"));
  csv->setToolTip(tr("One line a value: sample, target, method, place, input, attribution"));
  QAction* npy = exportMenu->addAction(tr("Attributions as NPY…"), this, &ExplainWorkspace::exportArrays);
  npy->setObjectName(QStringLiteral("explainExportNpy"));
  npy->setToolTip(tr("One array a method for numpy: [samples × input shape], in the order of the wall"));
  exports->setMenu(exportMenu);
  for (QToolButton* b : {live, look, exports, add_}) wallPanel_->addHeaderWidget(b);

  connect(view_, &WallView::cellSelected, this, &ExplainWorkspace::select);
  connect(view_, &WallView::sampleClicked, this, [this](int sample) { select(sample, view_->selectedMethod()); });
  connect(view_, &WallView::methodMenuRequested, this, &ExplainWorkspace::showMethodMenu);
  outer_->setStretchFactor(0, 0);
  outer_->setStretchFactor(1, 1);
  outer_->setSizes({200, 1000});
}

QWidget* ExplainWorkspace::buildWall() {
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  progressRow_ = new QWidget;
  auto* row = new QHBoxLayout(progressRow_);
  row->setContentsMargins(0, 0, 0, 0);
  progressText_ = new QLabel;
  progressText_->setObjectName(QStringLiteral("explainProgressText"));
  progressText_->setProperty("role", QStringLiteral("secondary"));
  progress_ = new QProgressBar;
  progress_->setObjectName(QStringLiteral("explainProgress"));
  progress_->setRange(0, 1000);
  progress_->setTextVisible(false);
  progress_->setFixedHeight(6);
  auto* cancel = new QToolButton;
  cancel->setObjectName(QStringLiteral("explainCancel"));
  cancel->setText(tr("Cancel"));
  cancel->setToolTip(tr("Stops computing; what is there stays"));
  connect(cancel, &QToolButton::clicked, this, [this] {
    wall_->cancel();
    tellState();
  });
  row->addWidget(progressText_);
  row->addWidget(progress_, 1);
  row->addWidget(cancel);
  progressRow_->hide();
  scroll_ = new QScrollArea;
  scroll_->setObjectName(QStringLiteral("explainWallScroll"));
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setWidget(view_);
  column->addWidget(progressRow_);
  column->addWidget(scroll_, 1);
  return box;
}

bool ExplainWorkspace::live() const { return live_->isChecked(); }

void ExplainWorkspace::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  onSnapshot();
}

void ExplainWorkspace::onSnapshot() {
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  if (!s || !s->network || !s->state || s->data != document_.data()) {
    wall_->setSnapshot(nullptr);
    wall_->cancel();
    return;
  }
  const bool other = !wall_->snapshot() || wall_->snapshot()->network != s->network || wall_->snapshot()->data != s->data;
  if (!isVisible() && !other) return;
  const bool running = s->run == RunState::Running;
  const bool rested = !rested_.isValid() || rested_.elapsed() >= 1000 * kRest * took_;
  if (!other && wall_->snapshot()->state == s->state) {
    if (!running && wall_->snapshot()->run != s->run) wall_->setSnapshot(s);
    if (!wall_->busy() && wall_->stale() && isVisible()) wall_->refresh();
    return tellState();
  }
  // Training goes on beside the wall: it follows when asked to (live), within its budget, and whenever training rests.
  if (!other && running && (!live() || wall_->busy() || !rested)) return tellState();
  wall_->setSnapshot(s);
  if (columnsOf_ != s->network.get()) {
    const bool fresh = wall_->columns().empty();
    bool any = false;
    for (const WallColumn& c : wall_->columns()) any = any || c.spec->supports(*s->network, c.settings);
    columnsOf_ = s->network.get();
    if (fresh || !any || other) {
      // Chosen methods stay as long as one of them fits; each says in its cells when it does not.
      if (fresh || !any) setColumns(usualColumns(*s->network));
    }
  }
  if (!running) choices_->predict(s);
  if (isVisible()) refresh();
}

void ExplainWorkspace::onSamples() {
  wall_->setSamples(choices_->samples());
  refresh();
}

void ExplainWorkspace::refresh() {
  wall_->setTarget(choices_->target());
  wall_->setBaseline(choices_->baseline());
  if (isVisible()) wall_->refresh();
}

void ExplainWorkspace::onWall() {
  const QString none = document_.data() ? document_.snapshot() ? tr("Choose samples at the left: each becomes a row here.") : document_.whyNotPlayable()
                                        : tr("Open data first: File → Open data…, or File → Sample data.");
  view_->setPlaceholder(none);
  const int sample = view_->selectedSample(), method = view_->selectedMethod();
  view_->setData(wall_->wallData());
  if (sample < 0 && !view_->isEmpty() && !wall_->columns().empty()) view_->select(0, std::max(0, method));
  tellState();
}

void ExplainWorkspace::select(int sample, int method) {
  view_->select(sample, method);
}

void ExplainWorkspace::tellProgress(double share, const QString& what) {
  // What is over in a moment needs no bar that flashes.
  if (wall_->seconds() < 0.3 && !progressRow_->isVisible()) return;
  progressRow_->show();
  progress_->setValue(static_cast<int>(share * 1000));
  const double left = share > 0.02 ? wall_->seconds() * (1 - share) / share : 0;
  progressText_->setText(left > 1 ? tr("%1 · %2 s left").arg(what, QLocale().toString(left, 'f', 0)) : what);
}

void ExplainWorkspace::tellState() {
  if (!wall_->busy()) progressRow_->hide();
  const std::shared_ptr<const Snapshot>& s = wall_->snapshot();
  QString text;
  if (s && !view_->isEmpty()) {
    text = tr("step %1").arg(QLocale().toString(qlonglong(s->state->step)));
    const std::shared_ptr<const Snapshot>& now = document_.snapshot();
    if (now && now->state && now->state->step != s->state->step && !live()) text += tr(" · training is at %1").arg(QLocale().toString(qlonglong(now->state->step)));
    if (!wall_->busy() && took_ > 0) text += tr(" · %1 s").arg(QLocale().toString(took_, 'f', took_ < 1 ? 2 : 1));
  }
  wallPanel_->setSideText(text);
}

}  // namespace vitrine
