#pragma once

#include <QElapsedTimer>
#include <QWidget>

#include "app/document.h"
#include "app/explain_choices.h"
#include "app/explain_inside.h"
#include "app/explain_tables.h"
#include "app/explain_trust.h"
#include "app/explain_wall.h"
#include "app/panels.h"
#include "widgets/explain/wall_view.h"

class QAction;
class QLabel;
class QMenu;
class QScrollArea;
class QSplitter;
class QTabWidget;
class QToolButton;

namespace vitrine {

/// The Explain workspace: samples by methods, with a trust check under every map, and the network from within.
class ExplainWorkspace : public QWidget {
  Q_OBJECT
 public:
  ExplainWorkspace(Document& document, Panels& panels, QWidget* parent = nullptr);
  ~ExplainWorkspace() override;

  /// The menu bar's "Explain": the main actions, with their keys. The caller owns it.
  void fillMenu(QMenu* menu);
  WallView* wall() { return view_; }
  ExplainWall& model() { return *wall_; }
  ExplainChoices* choices() { return choices_; }
  ExplainInside& inside() { return *inside_; }
  bool live() const;
  /// All that compute here: the wall's first, the gallery's last.
  const std::vector<JobQueue*>& queues() const { return queues_; }
  /// Attributions as NPY, one file a column, and what they are as JSON (app/explain_arrays.h); false (and a message) when they were not written.
  bool saveArrays(const QString& path);
  void resetArrangement();

 signals:
  /// The workspace is wanted in front (an action of its menu was used elsewhere).
  void wanted();

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // explain_workspace.cpp
  void build();
  void buildWallHead();
  void buildTrust();
  // explain_workspace_pages.cpp
  QSplitter* page(const QString& title, const char* name, Qt::Orientation way, const QString& tip, int leastWidth = 0);
  void buildTabs();
  void buildInsidePages();
  void buildTablePages();
  // explain_workspace.cpp
  FigurePanel* panel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home);
  void onSnapshot();
  void follow(bool arrived);
  void onSamples();
  void onWall();
  void refresh();
  void select(int sample, int method);
  /// The panel shows how far the queue is, and its Cancel stops it; stopped() then says in place what is missing.
  void tellProgress(FigurePanel* panel, JobQueue& queue, std::function<void()> stopped);
  void tellState();
  /// Feeds what belongs to the chosen sample and map.
  void feedChosen();
  void tabChanged();
  // explain_workspace_methods.cpp
  void fillMethodMenu(QMenu* menu);
  void addMethod(const ExplainerSpec& spec);
  void showMethodMenu(int column, QPoint at);
  /// "Explain ▸" and "Compare with the second class" of a column's menu.
  void fillTargetMenu(QMenu* menu, int column);
  void showSettings(int column, QPoint at);
  /// A method and how it is set now.
  struct SettingsOf {
    ExplainerSpec spec;
    Params settings;
  };
  /// Opens the form below itself. `hidden`: settings that another control has.
  QToolButton* settingsButton(const QString& name, const QString& tip, std::function<SettingsOf()> of, std::function<void(Params)> apply, const QStringList& hidden = {});
  /// A form over the window, made from what the method says of itself.
  void popUpSettings(const ExplainerSpec& spec, const Params& settings, QPoint at, std::function<void(const std::string&, const ParamValue&)> apply);
  void setColumns(std::vector<WallColumn> columns);
  QWidget* buildLook();
  void exportArrays();
  /// Asks, where files are there already that saveArrays() would replace.
  bool mayReplace(const QString& path);

  Document& document_;
  Panels& panels_;
  ExplainWall* wall_ = nullptr;
  ExplainChoices* choices_ = nullptr;
  ExplainTrust* trust_ = nullptr;
  ExplainInside* inside_ = nullptr;
  ExplainTables* tables_ = nullptr;
  ExplainCounterfactual* counterfactual_ = nullptr;
  QTabWidget* tabs_ = nullptr;
  WallView* view_ = nullptr;
  QScrollArea* scroll_ = nullptr;
  QSplitter *outer_ = nullptr, *centre_ = nullptr, *right_ = nullptr;
  FigurePanel* wallPanel_ = nullptr;
  QLabel* before_ = nullptr;  ///< the network was edited so that it is of no use: what is shown is the one before
  QString fault_;             ///< why, or empty
  QToolButton* add_ = nullptr;
  QAction *live_ = nullptr, *refreshAction_ = nullptr;
  QMenu* methodMenu_ = nullptr;
  std::vector<JobQueue*> queues_;
  QElapsedTimer since_;    ///< since the snapshot was taken
  double took_ = 0;        ///< seconds of all queues since then
  int nextKey_ = 100;
  const Network* columnsOf_ = nullptr;
};

}  // namespace vitrine
