#include "app/main_window.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QBuffer>
#include <QCloseEvent>
#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/data_workspace.h"
#include "app/explain_workspace.h"
#include "app/layer_help.h"
#include "app/pinning.h"
#include "core/base/numbers.h"
#include "widgets/editor/category.h"
#include "widgets/figure/export_dialog.h"
#include "widgets/forms/inspector.h"
#include "widgets/forms/wheel.h"
#include "widgets/plots/curve_controls.h"
#include "widgets/transport/transport_bar.h"

namespace vitrine {
MainWindow::MainWindow(Document& document, QWidget* parent) : QMainWindow(parent), document_(document) {
  setObjectName(QStringLiteral("mainWindow"));
  setAcceptDrops(true);
  buildCentre();
  buildStatus();
  buildMenus();
  connectDocument();
  connectViews();
  refreshEdited();
  refreshTitle();
  refreshStatus();
  restoreArrangement();
  for (QComboBox* box : findChildren<QComboBox*>()) leaveWheelToScrolling(box);
  for (QAbstractSpinBox* box : findChildren<QAbstractSpinBox*>()) leaveWheelToScrolling(box);
}

MainWindow::~MainWindow() = default;

FigurePanel* MainWindow::makePanel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home) {
  auto* panel = new FigurePanel(title, content, figure);
  home->addWidget(panel);
  panels_.add(id, panel);
  return panel;
}

void MainWindow::buildCentre() {
  transport_ = new TransportBar;
  editor_ = new GraphEditor;
  editor_->setCodec([](const Graph& g) { return graphToJson(g); }, [](std::string_view text) { return graphFromJson(text); });
  inspector_ = new Inspector;
  views_ = new LiveViews(document_, *editor_, this);

  outer_ = makeSplitter(Qt::Vertical, QStringLiteral("outerSplitter"));
  top_ = makeSplitter(Qt::Horizontal, QStringLiteral("topSplitter"));
  bottom_ = makeSplitter(Qt::Horizontal, QStringLiteral("bottomSplitter"));
  left_ = makeSplitter(Qt::Vertical, QStringLiteral("leftSplitter"));
  curves_ = makeSplitter(Qt::Horizontal, QStringLiteral("curvesSplitter"));
  maps_ = makeSplitter(Qt::Horizontal, QStringLiteral("mapsSplitter"));
  right_ = makeSplitter(Qt::Vertical, QStringLiteral("rightSplitter"));
  top_->addWidget(editor_);
  auto* side = new QFrame;
  side->setProperty("panel", true);
  auto* sideColumn = new QVBoxLayout(side);
  sideColumn->setContentsMargins(4, 4, 4, 4);
  sideColumn->addWidget(inspector_);
  top_->addWidget(side);
  left_->addWidget(curves_);
  left_->addWidget(maps_);
  bottom_->addWidget(left_);
  bottom_->addWidget(right_);
  outer_->addWidget(top_);
  outer_->addWidget(bottom_);

  FigurePanel* loss = makePanel(QStringLiteral("panelLoss"), tr("Loss"), views_->loss(), views_->loss(), curves_);
  loss->addHeaderWidget(new CurveControls(views_->loss()));
  FigurePanel* accuracy = makePanel(QStringLiteral("panelAccuracy"), tr("Accuracy"), views_->accuracy(), views_->accuracy(), curves_);
  accuracy->addHeaderWidget(new CurveControls(views_->accuracy()));
  makePanel(QStringLiteral("panelConfusion"), tr("Confusion, validation"), views_->confusion(), views_->confusion(), maps_);
  makePanel(QStringLiteral("panelWeights"), tr("Weights"), views_->weights(), views_->weights(), maps_);
  makePanel(QStringLiteral("panelFeatures"), tr("Feature maps"), views_->features(), views_->features(), maps_);
  makePanel(QStringLiteral("panelDecision"), tr("Decision boundary"), views_->decision(), views_->decision(), right_);
  FigurePanel* pinned = makePanel(QStringLiteral("panelPinned"), tr("Pinned samples, explained live"), views_->pinned(), views_->pinned(), right_);
  connect(&document_, &Document::observationChanged, pinned, [this, pinned] { pinned->setSideText(views_->pinned()->sideText()); });

  pinMenu_ = new PinMenu(document_, this);
  auto* pin = new QToolButton;
  pin->setObjectName(QStringLiteral("pinButton"));
  pin->setText(tr("Pin…"));
  pin->setToolTip(tr("Pins another sample, or takes one away. A click on a sample shows its feature maps; a click on a cell of the "
                     "confusion matrix pins a sample of that cell."));
  pin->setPopupMode(QToolButton::InstantPopup);
  pin->setMenu(pinMenu_);
  pinned->addHeaderWidget(pin);
  connect(views_->confusion(), &ConfusionView::cellClicked, pinMenu_, &PinMenu::pinConfused);

  // One choice of scale for filters and feature maps: each map its own, or one for the layer.
  for (auto [panelId, view] : {std::pair{QStringLiteral("panelWeights"), views_->weights()->filters()}, std::pair{QStringLiteral("panelFeatures"), views_->features()}}) {
    auto* scale = new QComboBox;
    scale->setObjectName(panelId + QStringLiteral("Scale"));
    scale->setAccessibleName(tr("Colour scale"));
    scale->setToolTip(tr("Colour scale: one for all maps of the layer, or one for each map"));
    scale->addItems({tr("layer"), tr("map")});
    scale->setMaximumWidth(76);
    connect(scale, &QComboBox::currentIndexChanged, view, [view = view](int i) { view->setScale(i == 0 ? MapScale::EachLayer : MapScale::EachMap); });
    panels_.panel(panelId)->addHeaderWidget(scale);
  }

  auto* centre = new QWidget;
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  column->addWidget(transport_);
  column->addWidget(buildMissingBar());
  column->addWidget(buildMessageBar());
  column->addWidget(workBar_);
  buildWorkspaces();
  column->addWidget(pages_, 1);
  setCentralWidget(centre);
}

void MainWindow::buildWorkspaces() {
  pages_ = new QStackedWidget;
  pages_->setObjectName(QStringLiteral("pages"));
  data_ = new DataWorkspace(document_, panels_);
  explain_ = new ExplainWorkspace(document_, panels_);
  // On a small screen these scroll; the window must not ask for more than there is.
  const auto scrolled = [](QWidget* page) {
    auto* area = new QScrollArea;
    area->setWidget(page);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    return area;
  };
  pages_->addWidget(scrolled(data_));
  pages_->addWidget(outer_);
  pages_->addWidget(scrolled(explain_));
  workspaces_ = new QTabBar;
  workspaces_->setObjectName(QStringLiteral("workspaces"));
  workspaces_->setAccessibleName(tr("Workspaces"));
  workspaces_->setUsesScrollButtons(false);
  workspaces_->setElideMode(Qt::ElideNone);
  const std::pair<QString, QString> tabs[] = {{tr("Data"), tr("Look at the data, choose samples (Ctrl+1)")},
                                              {tr("Build"), tr("The network alone, large (Ctrl+2)")},
                                              {tr("Train"), tr("The network and everything that moves while it learns (Ctrl+3)")},
                                              {tr("Explain"), tr("Why it decides as it does, and whether to believe that (Ctrl+4)")}};
  for (const auto& [text, tip] : tabs) workspaces_->setTabToolTip(workspaces_->addTab(text), tip);
  workspaces_->setCurrentIndex(Train);
  connect(workspaces_, &QTabBar::currentChanged, this, [this](int w) {
    pages_->setCurrentIndex(w == Data ? 0 : w == Explain ? 2 : 1);
    bottom_->setVisible(w != Build);
  });
  pages_->setCurrentIndex(1);
  // Wide enough whichever is chosen: the chosen one is bold.
  const QFontMetrics bold(theme().font(0, true));
  int width = 0;
  for (const auto& [text, tip] : tabs) width += bold.horizontalAdvance(text) + 44;
  workspaces_->setMinimumWidth(width);
  // The menu bar asks for a size hint alone; a layout's heeds the least width.
  auto* corner = new QWidget;
  auto* row = new QHBoxLayout(corner);
  row->setContentsMargins(0, 2, 8, 2);
  row->addWidget(workspaces_);
  menuBar()->setCornerWidget(corner);
}

void MainWindow::setWorkspace(int workspace) { workspaces_->setCurrentIndex(workspace); }
int MainWindow::workspace() const { return workspaces_->currentIndex(); }

QFrame* MainWindow::makeBar(const QString& name) {
  auto* bar = new QFrame;
  bar->setObjectName(name);
  bar->setFrameShape(QFrame::StyledPanel);
  bar->setAutoFillBackground(true);
  bar->hide();
  return bar;
}

QWidget* MainWindow::buildMessageBar() {
  messageBar_ = makeBar(QStringLiteral("messageBar"));
  auto* row = new QHBoxLayout(messageBar_);
  row->setContentsMargins(10, 4, 4, 4);
  messageText_ = new QLabel;
  messageText_->setObjectName(QStringLiteral("messageText"));
  messageText_->setWordWrap(true);
  messageText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* dismiss = new QToolButton;
  dismiss->setObjectName(QStringLiteral("messageDismiss"));
  dismiss->setText(tr("Dismiss"));
  dismiss->setToolTip(tr("Takes this message away"));
  connect(dismiss, &QToolButton::clicked, messageBar_, &QWidget::hide);
  row->addWidget(messageText_, 1);
  row->addWidget(dismiss);

  workBar_ = makeBar(QStringLiteral("workBar"));
  auto* work = new QHBoxLayout(workBar_);
  work->setContentsMargins(10, 4, 4, 4);
  workText_ = new QLabel;
  workProgress_ = new QProgressBar;
  workProgress_->setObjectName(QStringLiteral("workProgress"));
  workProgress_->setRange(0, 1000);
  auto* cancel = new QToolButton;
  cancel->setObjectName(QStringLiteral("workCancel"));
  cancel->setText(tr("Cancel"));
  cancel->setToolTip(tr("Stops this; the project stays as it is"));
  connect(cancel, &QToolButton::clicked, &document_, &Document::cancelWork);
  work->addWidget(workText_);
  work->addWidget(workProgress_, 1);
  work->addWidget(cancel);
  return messageBar_;
}

void MainWindow::buildStatus() {
  auto label = [this](const QString& name, const QString& tip) {
    auto* l = new QLabel;
    l->setObjectName(name);
    l->setToolTip(tip);
    l->setIndent(10);
    statusBar()->addPermanentWidget(l);
    return l;
  };
  speed_ = label(QStringLiteral("statusSpeed"), tr("Training speed, everything included"));
  size_ = label(QStringLiteral("statusParameters"), tr("Trainable parameters of the network"));
  dataText_ = label(QStringLiteral("statusData"), tr("Data set: samples to train / to validate"));
  threads_ = label(QStringLiteral("statusThreads"), tr("Threads that train"));
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setContentsMargins(8, 0, 12, 0);
}

void MainWindow::connectDocument() {
  connect(&document_, &Document::edited, this, &MainWindow::refreshEdited);
  connect(&document_, &Document::dataChanged, this, &MainWindow::refreshEdited);
  connect(&document_, &Document::dataChanged, this, [this] { editor_->fitAll(); });
  connect(&document_, &Document::titleChanged, this, &MainWindow::refreshTitle);
  connect(&document_, &Document::snapshotChanged, this, [this] {
    if (document_.snapshot()->network) transport_->showSnapshot(*document_.snapshot());
    refreshStatus();
  });
  connect(&document_, &Document::failed, this, &MainWindow::showMessage);
  connect(&document_, &Document::said, this, [this](const QString& text) { statusBar()->showMessage(text, 12000); });
  connect(&document_, &Document::busyChanged, this, [this](const QString& what) {
    workText_->setText(what);
    workProgress_->setValue(0);
    workBar_->setVisible(!what.isEmpty());
  });
  connect(&document_, &Document::progressed, this, [this](double share) { workProgress_->setValue(static_cast<int>(share * 1000)); });
  connect(&document_, &Document::projectOpened, this, [this] {
    remember(document_.path());
    applyArrangement(document_.views());
    editor_->fitAll();
  });
}

void MainWindow::connectViews() {
  connect(editor_, &GraphEditor::edited, &document_, &Document::editGraph);
  connect(editor_, &GraphEditor::selectionChanged, this, &MainWindow::refreshSelection);
  connect(editor_, &GraphEditor::helpRequested, this, [this](const QString& layer) { showLayerHelp(layer, this); });
  connect(editor_, &GraphEditor::message, this, [this](const QString& text) { statusBar()->showMessage(text, 8000); });
  connect(inspector_, &Inspector::paramEdited, this, [this](NodeId node, const QString& id, const ParamValue& value, bool) {
    Result<Graph> after = setParam(document_.graph(), node, id.toStdString(), value);
    if (!after) return statusBar()->showMessage(errorSentence(after.error()), 8000);
    document_.editGraph(*after, tr("Change %1 of %2").arg(id, fromCore(document_.graph().find(node)->name)),
                        static_cast<int>(node.value * 64 + qHash(id) % 64));
  });
  connect(inspector_, &Inspector::renamed, this, [this](NodeId node, const QString& name) {
    Result<Graph> after = renameNode(document_.graph(), node, name.toStdString());
    if (!after) return statusBar()->showMessage(errorSentence(after.error()), 8000);
    document_.editGraph(*after, tr("Rename to %1").arg(name));
  });
  connect(inspector_, &Inspector::fixRequested, this, [this](int index) {
    const std::vector<Issue>& issues = document_.validation().issues;
    if (index < 0 || index >= static_cast<int>(issues.size()) || !issues[static_cast<std::size_t>(index)].fix) return;
    const Issue issue = issues[static_cast<std::size_t>(index)];
    document_.editGraph(issue.fix(document_.graph()), fromCore(issue.cure));
  });
  connect(views_, &LiveViews::weightTextChanged, inspector_, &Inspector::setWeightStatistics);
  connect(transport_, &TransportBar::playRequested, &document_, &Document::play);
  connect(transport_, &TransportBar::pauseRequested, &document_, &Document::pause);
  connect(transport_, &TransportBar::stepBatchRequested, &document_, &Document::stepBatch);
  connect(transport_, &TransportBar::stepEpochRequested, &document_, &Document::stepEpoch);
  connect(transport_, &TransportBar::resetRequested, &document_, &Document::reset);
  connect(transport_, &TransportBar::settingsEdited, &document_, &Document::editSettings);
  connect(&panels_, &Panels::exportRequested, this, &MainWindow::exportFigure);
  connect(&panels_, &Panels::dataExportRequested, this, &MainWindow::exportData);
}

void MainWindow::refreshEdited() {
  editor_->setGraph(document_.graph(), document_.validation());
  transport_->setSettings(document_.settings());
  const QString why = document_.whyNotPlayable();
  transport_->setPlayable(why.isEmpty(), why);
  if (!document_.snapshot()) transport_->showNothing();
  refreshMissing();
  panels_.setAvailable(QStringLiteral("panelDecision"), views_->isPlane());
  const DataSpec* spec = document_.spec();
  panels_.setAvailable(QStringLiteral("panelConfusion"), !spec || spec->task == Task::Classification);
  panels_.setAvailable(QStringLiteral("panelAccuracy"), !spec || spec->task != Task::Regression);
  // Something to look at from the start: the first layer with weights.
  if (editor_->selection().empty())
    for (const Node& n : document_.graph().nodes)
      if (n.type == "conv2d" || n.type == "dense") {
        editor_->select({n.id});
        break;
      }
  refreshSelection();
  refreshStatus();
}

void MainWindow::refreshSelection() {
  const std::vector<NodeId> chosen = editor_->selection();
  if (chosen.size() == 1) {
    inspector_->show(document_.graph(), document_.validation(), chosen[0]);
    views_->setNode(chosen[0]);
  } else {
    inspector_->showNothing(document_.graph(), document_.validation());
    if (chosen.empty()) views_->setNode({0});
  }
}

void MainWindow::refreshTitle() {
  setWindowTitle(tr("%1[*] — Vitrine").arg(document_.name()));
  setWindowModified(document_.isDirty());
}

void MainWindow::refreshStatus() {
  const QLocale locale;
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  const bool running = s && s->run == RunState::Running && s->samplesPerSecond > 0;
  speed_->setText(running ? tr("%1 samples/s").arg(locale.toString(qlonglong(s->samplesPerSecond))) : tr("– samples/s"));
  size_->setText(tr("%1 parameters").arg(locale.toString(qlonglong(document_.validation().totalParameters()))));
  QString help = tr("Data set: samples to train / to validate");
  if (const DatasetPtr& d = document_.data()) {
    QString text = tr("%1 %2 / %3").arg(fromCore(d->name), locale.toString(qlonglong(d->train.size())), locale.toString(qlonglong(d->validation.size())));
    // What was left out or taken otherwise in reading stays in sight, however the data were opened.
    if (!d->notes.empty()) text += QStringLiteral(" · ") + (d->notes.size() == 1 ? tr("1 note") : tr("%1 notes").arg(locale.toString(qlonglong(d->notes.size()))));
    for (const std::string& note : d->notes) help += QLatin1Char('\n') + fromCore(note);
    dataText_->setText(text);
  } else {
    dataText_->setText(document_.missing() ? tr("data missing") : tr("no data"));
  }
  dataText_->setToolTip(help);
  threads_->setText(tr("%1 threads").arg(document_.trainer().threads()));
}

void MainWindow::showMessage(const QString& text) {
  messageText_->setText(text);
  messageBar_->show();
}

void MainWindow::exportFigure(Figure* figure) {
  QVector<Figure*> figures;
  for (FigurePanel* panel : panels_.all())
    if (panel->figure() && !panel->figure()->isEmpty()) figures << panel->figure();
  if (figures.isEmpty()) return showMessage(tr("There is nothing to export yet: open data and press Play."));
  ExportDialog dialog(figures, this);
  if (figure && figures.contains(figure)) dialog.selectFigure(figure);
  dialog.exec();
}

void MainWindow::exportData(Figure* figure) {
  QVector<Figure*> one{figure};
  ExportDialog dialog(one, this);
  dialog.setFormat(FigureFormat::Csv);
  dialog.exec();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayLose()) return event->ignore();
  panels_.putAllBack();  // the next session begins with all in their places
  saveArrangement();
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && event->mimeData()->urls().value(0).isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QUrl url = event->mimeData()->urls().value(0);
  if (!url.isLocalFile()) return;
  event->acceptProposedAction();
  const QString path = url.toLocalFile();
  if (path.endsWith(QStringLiteral(".vitrine")))
    openPath(path);
  else
    importData(path);
}

void MainWindow::openPath(const QString& path) {
  if (!path.endsWith(QStringLiteral(".vitrine"))) return document_.openData(path);
  if (mayLose()) document_.openProject(path);
}

}  // namespace vitrine
