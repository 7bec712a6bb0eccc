// The pages below the wall, and what stands in their panels' heads.
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>

#include "app/explain_workspace.h"
#include "core/explain/groups.h"
#include "widgets/editor/category.h"

namespace vitrine {

QSplitter* ExplainWorkspace::page(const QString& title, const char* name, Qt::Orientation way, const QString& tip, int leastWidth) {
  QSplitter* s = makeSplitter(way, QLatin1String(name));
  s->setMinimumWidth(leastWidth);
  // In a small window a page is scrolled before its panels get too small to be read.
  QScrollArea* around = scrolled(s);
  around->setObjectName(s->objectName());
  tabs_->setTabToolTip(tabs_->addTab(around, title), tip);
  return s;
}

void ExplainWorkspace::buildTabs() {
  tabs_ = new QTabWidget;
  tabs_->setObjectName(QStringLiteral("explainTabs"));
  tabs_->setDocumentMode(true);
  buildInsidePages();
  buildTablePages();
  QSplitter* drawn = page(tr("Randomised"), "explainRandomisedSplitter", Qt::Horizontal, tr("The chosen map, and what its method shows of the network with layers drawn anew from the top down: a map that stays the same cannot tell what was learned"));
  FigurePanel* randomised = panel(QStringLiteral("panelExplainRandomised"), tr("Layers drawn anew"), trust_->randomised(), trust_->randomised(), drawn);
  randomised->setSideText(tr("with the rank correlation to the map as it is"));
  QSplitter* counter = page(tr("Counterfactual"), "explainCounterfactualSplitter", Qt::Horizontal, tr("The smallest change found that makes another class of the chosen sample"));
  FigurePanel* change = panel(QStringLiteral("panelExplainCounterfactual"), tr("Counterfactual"), counterfactual_->view(), counterfactual_->view(), counter);
  change->addHeaderWidget(settingsButton(QStringLiteral("explainCounterfactualSettings"), tr("Size of the steps, largest change, and what else the method takes"),
                                         [this] { return SettingsOf{*counterfactual_->spec(), counterfactual_->settings()}; }, [this](Params p) { counterfactual_->setSettings(p); }));
  change->addHeaderWidget(counterfactual_->methodChoice());
  tellProgress(change, *counterfactual_->queue(), [this] { counterfactual_->tellStopped(); });
  centre_->addWidget(tabs_);
  // In a low window the wall may have all of the height: the handle drags the pages away, and back.
  centre_->setCollapsible(1, true);
  connect(tabs_, &QTabWidget::currentChanged, this, &ExplainWorkspace::tabChanged);
  connect(inside_, &ExplainInside::unitChanged, this, [this] {
    const std::shared_ptr<const Snapshot>& s = wall_->snapshot();
    if (s && s->network->graph().find(inside_->node())) choices_->offerUnit(unitChoice(*s->network, inside_->node(), inside_->unitIndex()));
  });
}

void ExplainWorkspace::buildInsidePages() {
  const auto ofInside = [this](FigurePanel* p, int queue) { tellProgress(p, *inside_->queues()[static_cast<std::size_t>(queue)], [this] { inside_->tellStopped(); }); };
  QSplitter* inside = page(tr("Inside the network"), "explainInsideSplitter", Qt::Vertical, tr("The chosen sample on its way through the layers, and one unit of them"));
  QScrollArea* maps = scrolled(inside_->walk(), 112);
  FigurePanel* walk = panel(QStringLiteral("panelExplainWalk"), tr("Walk a sample through the network"), maps, inside_->walk(), inside);
  connect(inside_->walk(), &WalkView::selectionChanged, walk, [this, walk] { walk->setSideText(inside_->walk()->selectionText()); });
  connect(inside_->walk(), &WalkView::unitSelected, maps, [this, maps] {
    const QRect map = inside_->walk()->selectedRect().toAlignedRect();
    maps->ensureVisible(map.center().x(), map.center().y(), map.width() / 2 + 8, map.height() / 2 + 8);
  });
  QToolButton* flow = settingsButton(QStringLiteral("explainWalkSettings"), tr("How what flows through the units is computed: steps, rule"),
                                     [this] { return SettingsOf{*inside_->through(), inside_->throughSettings()}; }, [this](Params p) { inside_->setThrough(p); }, {QStringLiteral("layer")});
  const auto offer = [this, flow] { flow->setEnabled(inside_->through() && inside_->through()->params.size() > 1); };
  connect(inside_->showChoice(), &QComboBox::currentIndexChanged, flow, offer);
  offer();
  walk->addHeaderWidget(flow);
  walk->addHeaderWidget(inside_->showChoice());
  walk->addHeaderWidget(inside_->scaleChoice());
  ofInside(walk, 0);
  FigurePanel* unit = panel(QStringLiteral("panelExplainUnit"), tr("One unit"), scrolled(inside_->unit()), inside_->unit(), inside);
  inside_->unit()->setMinimumSize(560, 96);
  unit->addHeaderWidget(settingsButton(QStringLiteral("explainUnitSettings"), tr("How an input is made that moves the unit: steps, jitter, blur, L2 decay, start"),
                                       [this] { return SettingsOf{*findExplainer("activation-maximisation"), inside_->maximisationSettings()}; }, [this](Params p) { inside_->setMaximisation(p); }, {QStringLiteral("part")}));
  unit->addHeaderWidget(inside_->partChoice());
  ofInside(unit, 1);
  connect(inside_->unit(), &FigureWidget::titleChanged, unit, [this, unit] { unit->setTitle(inside_->unit()->isEmpty() ? tr("One unit") : inside_->unit()->figureTitle()); });
  inside->setSizes({150, 170});
  QSplitter* step = page(tr("Explain this step"), "explainStepSplitter", Qt::Horizontal, tr("One training step of the chosen unit, in its numbers"));
  FigurePanel* steps = panel(QStringLiteral("panelExplainStep"), tr("Explain this step"), scrolled(inside_->step()), inside_->step(), step);
  steps->addHeaderWidget(inside_->stepChoice());
  ofInside(steps, 2);
  connect(inside_->step(), &FigureWidget::titleChanged, steps, [this, steps] { steps->setTitle(inside_->step()->isEmpty() ? tr("Explain this step") : inside_->step()->figureTitle()); });
}

void ExplainWorkspace::buildTablePages() {
  QSplitter* set = page(tr("Importance"), "explainImportanceSplitter", Qt::Horizontal, tr("Tables: what the columns mean to the network over many rows"), 780);
  const auto ofTables = [this](FigurePanel* p, int queue) { tellProgress(p, *tables_->queues()[static_cast<std::size_t>(queue)], [this] { tables_->tellStopped(); }); };
  const auto settingsOf = [this](FigurePanel* p, const char* method, const char* name, const QString& tip, const QStringList& hidden = {}) {
    p->addHeaderWidget(settingsButton(QLatin1String(name), tip, [this, method] { return SettingsOf{*findExplainer(method), tables_->settings(method)}; },
                                      [this, method](Params s) { tables_->setSettings(method, s); }, hidden));
  };
  FigurePanel* importance = panel(QStringLiteral("panelExplainImportance"), tr("Permutation importance"), scrolled(tables_->importance()), tables_->importance(), set);
  settingsOf(importance, "permutation-importance", "explainImportanceSettings", tr("Shuffles, rows, what is shuffled together"));
  ofTables(importance, 3);
  FigurePanel* swarm = panel(QStringLiteral("panelExplainSwarm"), tr("Shapley values of many rows"), scrolled(tables_->swarm()), tables_->swarm(), set);
  settingsOf(swarm, "shap-summary", "explainSummarySettings", tr("Rows, orders, background, what is taken away together"));
  ofTables(swarm, 0);
  ofTables(panel(QStringLiteral("panelExplainShapBars"), tr("Mean size of Shapley values"), scrolled(tables_->bars()), tables_->bars(), set), 0);
  QSplitter* one = page(tr("Dependence"), "explainDependenceSplitter", Qt::Horizontal, tr("Tables: the answer as a function of one column, and the chosen row column by column"), 560);
  FigurePanel* dependence = panel(QStringLiteral("panelExplainDependence"), tr("Partial dependence"), tables_->dependence(), tables_->dependence(), one);
  settingsOf(dependence, "partial-dependence", "explainDependenceSettings", tr("Points and rows"), {QStringLiteral("feature")});
  dependence->addHeaderWidget(tables_->featureChoice());
  ofTables(dependence, 2);
  FigurePanel* waterfall = panel(QStringLiteral("panelExplainWaterfall"), tr("The chosen row, column by column"), tables_->waterfall(), tables_->waterfall(), one);
  QStringList groups;
  for (const Param& p : groupParams()) groups << fromCore(p.id);
  settingsOf(waterfall, "shapley", "explainWaterfallSettings", tr("How Shapley values of many columns are drawn"), groups);
  ofTables(waterfall, 1);
}

}  // namespace vitrine
