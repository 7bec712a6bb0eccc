#include "app/explain_workspace.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>
#include <algorithm>

#include "widgets/editor/category.h"
#include "widgets/explain/wall_heads.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

/// Live, what took t in all (the wall and whatever else is seen) is followed by a rest of 9 t: a tenth of the time at most.
constexpr double kRest = 9;

}  // namespace

ExplainWorkspace::ExplainWorkspace(Document& document, Panels& panels, QWidget* parent) : QWidget(parent), document_(document), panels_(panels) {
  setObjectName(QStringLiteral("explainWorkspace"));
  wall_ = new ExplainWall(this);
  trust_ = new ExplainTrust(this);
  inside_ = new ExplainInside(this);
  tables_ = new ExplainTables(this);
  counterfactual_ = new ExplainCounterfactual(this);
  build();
  connect(&document_, &Document::snapshotChanged, this, &ExplainWorkspace::onSnapshot);
  connect(&document_, &Document::dataChanged, this, [this] {
    // Classes are others now, at the left as in the columns.
    std::vector<WallColumn> columns = wall_->columns();
    for (WallColumn& c : columns) c.target.reset();
    wall_->setColumns(std::move(columns));
    onSnapshot();
  });
  // An edit that makes a network of no use leaves the one before it on the wall.
  connect(&document_, &Document::edited, this, [this] {
    if (!wall_->snapshot() || document_.networkFault() == fault_) return;
    onWall();
  });
  connect(choices_, &ExplainChoices::samplesChanged, this, &ExplainWorkspace::onSamples);
  connect(choices_, &ExplainChoices::ownAdded, this, [this](int sample) {
    // When the wall has made room for the new row.
    QTimer::singleShot(0, this, [this, sample] {
      if (isVisible() && sample < static_cast<int>(view_->data().samples.size())) select(sample, view_->selectedMethod());
    });
  });
  connect(choices_, &ExplainChoices::choicesChanged, this, &ExplainWorkspace::refresh);
  connect(choices_, &ExplainChoices::scaleChanged, this, [this] {
    WallLook look = view_->look();
    look.scale = choices_->scale();
    view_->setLook(look);
  });
  connect(wall_, &ExplainWall::changed, this, &ExplainWorkspace::onWall);
  connect(&wall_->queue(), &JobQueue::finished, this, &ExplainWorkspace::tellState);
  queues_ = {&wall_->queue(), counterfactual_->queue()};
  for (JobQueue* q : inside_->queues()) queues_.push_back(q);
  for (JobQueue* q : tables_->queues()) queues_.push_back(q);
  queues_.push_back(choices_->queue());
  for (JobQueue* q : queues_)
    connect(q, &JobQueue::finished, this, [this, q] { took_ += q->seconds(); });
  onSamples();
}

ExplainWorkspace::~ExplainWorkspace() = default;

FigurePanel* ExplainWorkspace::panel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home) {
  auto* p = new FigurePanel(title, content, figure);
  home->addWidget(p);
  panels_.add(id, p);
  return p;
}

void ExplainWorkspace::tellProgress(FigurePanel* panel, JobQueue& queue, std::function<void()> stopped) {
  connect(&queue, &JobQueue::progressed, panel, [panel, &queue](double share, const QString& what) {
    // What is over in a moment needs no line that flashes.
    const double took = queue.seconds();
    if (took < 0.3 && !panel->isWorking()) return;
    const double left = share > 0.02 ? took * (1 - share) / share : 0;
    panel->setProgress(share, left > 1 ? tr("%1 · %2 s left").arg(what, QLocale().toString(left, 'f', 0)) : what);
  });
  connect(&queue, &JobQueue::finished, panel, [panel] { panel->setProgress(-1); });
  connect(&queue, &JobQueue::cancelled, panel, [panel] { panel->setProgress(-1); });
  connect(panel, &FigurePanel::cancelRequested, this, [this, &queue, stopped = std::move(stopped)] {
    live_->setChecked(false);  // else the next snapshot would start all of it again
    queue.cancel();
    stopped();
  });
}

void ExplainWorkspace::build() {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  outer_ = makeSplitter(Qt::Horizontal, QStringLiteral("explainSplitter"));
  centre_ = makeSplitter(Qt::Vertical, QStringLiteral("explainCentreSplitter"));
  row->addWidget(outer_);
  choices_ = new ExplainChoices(document_);
  FigurePanel* samples = panel(QStringLiteral("panelExplainSamples"), tr("Samples"), choices_, choices_->gallery(), outer_);
  connect(choices_, &ExplainChoices::sideTextChanged, samples, &FigurePanel::setSideText);
  tellProgress(samples, *choices_->queue(), [this] { choices_->tellStopped(); });
  outer_->addWidget(centre_);
  view_ = new WallView;
  view_->setObjectName(QStringLiteral("explainWall"));
  scroll_ = scrolled(view_, 120);
  pinWallHeads(scroll_, view_);
  scroll_->setObjectName(QStringLiteral("explainWallScroll"));
  auto* box = new QWidget;
  auto* lines = new QVBoxLayout(box);
  lines->setContentsMargins(0, 0, 0, 0);
  before_ = new QLabel;
  before_->setObjectName(QStringLiteral("explainBeforeEdit"));
  before_->setWordWrap(true);
  before_->hide();
  lines->addWidget(before_);
  lines->addWidget(scroll_, 1);
  wallPanel_ = panel(QStringLiteral("panelExplainWall"), tr("Wall of attributions"), box, view_, centre_);
  tellProgress(wallPanel_, wall_->queue(), [this] { onWall(); });

  buildWallHead();
  buildTabs();
  buildTrust();
  connect(view_, &WallView::cellSelected, this, &ExplainWorkspace::select);
  connect(view_, &WallView::sampleClicked, this, [this](int sample) { select(sample, view_->selectedMethod()); });
  connect(view_, &WallView::methodMenuRequested, this, &ExplainWorkspace::showMethodMenu);
  for (int i = 0; i < 3; ++i) outer_->setStretchFactor(i, i == 1 ? 1 : 0);
  resetArrangement();
}

void ExplainWorkspace::resetArrangement() {
  outer_->setSizes({200, 900, 300});
  centre_->setSizes({390, 395});
  right_->setSizes({240, 250, 260});
}

void ExplainWorkspace::buildWallHead() {
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
  live_ = new QAction(tr("&Live"), this);
  live_->setIconText(tr("live"));  // what the button says
  live_->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+L")));
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
  npy->setToolTip(tr("One array a method for numpy: [samples × input shape], of a table [samples × columns], in the order of the wall; NaN where there is no map. A JSON file beside them says what they are"));
  exports->setMenu(exportMenu);
  for (QToolButton* b : {live, look, exports, add_}) wallPanel_->addHeaderWidget(b);
}

void ExplainWorkspace::buildTrust() {
  right_ = makeSplitter(Qt::Vertical, QStringLiteral("explainTrustSplitter"));
  outer_->addWidget(right_);
  FigurePanel* curves = panel(QStringLiteral("panelExplainCurves"), tr("Deletion and insertion"), trust_->curves(), trust_->curves(), right_);
  connect(trust_, &ExplainTrust::sideTextChanged, curves, &FigurePanel::setSideText);
  connect(trust_, &ExplainTrust::titleChanged, curves, &FigurePanel::setTitle);
  FigurePanel* agree = panel(QStringLiteral("panelExplainAgreement"), tr("Do methods agree?"), scrolled(trust_->agreement()), trust_->agreement(), right_);
  agree->setSideText(tr("rank correlation"));
  FigurePanel* checks = panel(QStringLiteral("panelExplainTrust"), tr("Trust check"), scrolled(trust_->numbers()), trust_->numbers(), right_);
  const ExplainerSpec described{.id = "trust-check",
                                .name = tr("Trust check").toStdString(),
                                .help = tr("How the maps are put to the test. All checks are made again.").toStdString(),
                                .formula = {},
                                .source = "Petsiuk 2018; Yeh 2019; Adebayo 2018",
                                .params = {trustParams().begin(), trustParams().end()},
                                .supports = {},
                                .explain = {}};
  auto* drawn = new QToolButton;
  drawn->setObjectName(QStringLiteral("explainShowRandomised"));
  drawn->setText(tr("randomised"));
  drawn->setToolTip(tr("Shows the maps of the network with layers drawn anew"));
  drawn->setProperty("flat", true);
  connect(drawn, &QToolButton::clicked, this, [this] { tabs_->setCurrentWidget(tabs_->findChild<QScrollArea*>(QStringLiteral("explainRandomisedSplitter"))); });
  checks->addHeaderWidget(drawn);
  checks->addHeaderWidget(settingsButton(QStringLiteral("explainTrustSettings"), tr("Share taken away at once, random orders, perturbations and their size"),
                                         [this, described] { return SettingsOf{described, wall_->trustSettings()}; }, [this](Params p) {
                                           wall_->setTrustSettings(p);
                                           refresh();
                                         }));
}

bool ExplainWorkspace::live() const { return live_->isChecked(); }

void ExplainWorkspace::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  follow(!event->spontaneous());  // a window that comes back from its icon shows what it showed
  tabChanged();
}

void ExplainWorkspace::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  tabChanged();
}

void ExplainWorkspace::tabChanged() {
  // Nothing is computed for what is not seen.
  const QString now = isVisible() && tabs_->currentWidget() ? tabs_->currentWidget()->objectName() : QString();
  inside_->setWanted(now == QLatin1String("explainInsideSplitter"), now == QLatin1String("explainStepSplitter"));
  tables_->setWanted(now == QLatin1String("explainImportanceSplitter") || now == QLatin1String("explainDependenceSplitter"));
  counterfactual_->setWanted(now == QLatin1String("explainCounterfactualSplitter"));
}

void ExplainWorkspace::feedChosen() {
  const int sample = view_->selectedSample(), method = view_->selectedMethod();
  choices_->setChosen(sample);
  trust_->show(*wall_, sample, method);
  const ExplainSample* chosen = sample >= 0 && sample < static_cast<int>(wall_->samples().size()) ? &wall_->samples()[static_cast<std::size_t>(sample)] : nullptr;
  const bool table = !wall_->snapshot() || wall_->snapshot()->data->spec.input.rank() == 1;
  for (int i = 0; i < tabs_->count(); ++i)
    if (const QString page = tabs_->widget(i)->objectName(); page == QLatin1String("explainImportanceSplitter") || page == QLatin1String("explainDependenceSplitter")) tabs_->setTabVisible(i, table);
  inside_->show(wall_->snapshot(), chosen, choices_->target(), choices_->baseline());
  tables_->show(wall_->snapshot(), chosen, choices_->target(), choices_->baseline());
  counterfactual_->show(wall_->snapshot(), chosen);
}

void ExplainWorkspace::onSnapshot() { follow(false); }

void ExplainWorkspace::follow(bool arrived) {
  wall_->setLive(live());
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  if (!s || !s->network || !s->state || s->data != document_.data()) {
    wall_->setSnapshot(nullptr);
    wall_->cancel();
    return;
  }
  const bool other = !wall_->snapshot() || wall_->snapshot()->network != s->network || wall_->snapshot()->data != s->data;
  if (!isVisible() && !other) return;
  const bool running = s->run == RunState::Running;
  const bool rested = !since_.isValid() || since_.elapsed() >= 1000 * (1 + kRest) * took_;
  const bool computing = std::any_of(queues_.begin(), queues_.end(), [](const JobQueue* q) { return q->busy(); });
  if (!other && wall_->snapshot()->state == s->state) {
    const bool rests = !running && wall_->snapshot()->run == RunState::Running;
    if (rests) wall_->setSnapshot(s);
    // Checks that live refreshes left out are made up for when training rests.
    if (isVisible() && (rests || (!wall_->busy() && wall_->stale()))) refresh();
    if (isVisible()) choices_->predict(s);
    return tellState();
  }
  // Training goes on beside the wall: it follows when one comes to it or asks it to (live), within its budget, and whenever training rests.
  if (!other && !arrived && running && (!live() || computing || !rested)) return tellState();
  took_ = 0;
  since_.start();
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
  if (!isVisible()) return;
  choices_->predict(s);
  refresh();
}

void ExplainWorkspace::onSamples() {
  // New data are told before their first snapshot: nothing of the old one may meet their samples.
  if (wall_->snapshot() && wall_->snapshot()->data != document_.data()) wall_->setSnapshot(nullptr);
  wall_->setSamples(choices_->samples());
  refresh();
}

void ExplainWorkspace::refresh() {
  wall_->setTarget(choices_->target());
  wall_->setBaseline(choices_->baseline());
  if (isVisible()) wall_->refresh();
}

void ExplainWorkspace::onWall() {
  const QString none = document_.data() ? document_.snapshot() ? tr("Choose samples at the left: each becomes a row here.") : document_.networkFault()
                                        : tr("Open data first: File → Open data…, or File → Sample data.");
  view_->setPlaceholder(none);
  const int sample = view_->selectedSample(), method = view_->selectedMethod();
  WallData data = wall_->wallData();
  fault_ = document_.networkFault();
  if (!fault_.isEmpty()) data.title = tr("%1 (of the network before it was edited)").arg(data.title);
  view_->setData(std::move(data));
  if (sample < 0 && !view_->isEmpty() && !wall_->columns().empty()) view_->select(0, std::max(0, method));
  wall_->setFocus(view_->selectedSample(), view_->selectedMethod());
  feedChosen();
  tellState();
}

void ExplainWorkspace::select(int sample, int method) {
  view_->select(sample, method < 0 && !wall_->columns().empty() ? 0 : method);
  wall_->setFocus(sample, view_->selectedMethod());
  const QRect cell = view_->cellRect(sample, view_->selectedMethod()).toAlignedRect();
  scroll_->ensureVisible(cell.center().x(), cell.center().y(), cell.width() / 2 + 8, cell.height() / 2 + 24);
  feedChosen();
}

void ExplainWorkspace::tellState() {
  const std::shared_ptr<const Snapshot>& s = wall_->snapshot();
  QString text;
  if (s && !view_->isEmpty()) {
    text = tr("step %1").arg(QLocale().toString(qlonglong(s->state->step)));
    const std::shared_ptr<const Snapshot>& now = document_.snapshot();
    if (now && now->state && now->state->step != s->state->step && !live()) text += tr(" · training is at %1").arg(QLocale().toString(qlonglong(now->state->step)));
    if (const double took = wall_->seconds(); !wall_->busy() && took > 0) text += tr(" · %1 s").arg(QLocale().toString(took, 'f', took < 1 ? 2 : 1));
  }
  wallPanel_->setSideText(text);
  const bool old = s && !view_->isEmpty() && !fault_.isEmpty();
  if (old) before_->setText(QStringLiteral("<span style='color:%1'>%2</span>").arg(theme().warning.name(), tr("Of the network before it was edited; as it is now it cannot be explained: %1").arg(fault_).toHtmlEscaped()));
  before_->setVisible(old);
}

}  // namespace vitrine
