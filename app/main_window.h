#pragma once

#include <QMainWindow>

#include "app/document.h"
#include "app/live_views.h"
#include "app/panels.h"

class QLabel;
class QMenu;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace vitrine {

class DataWorkspace;
class ExplainWorkspace;
class GraphEditor;
class PinMenu;
class Inspector;
class TransportBar;

/// The window: puts the views around one document and turns what a person does into its edits. No maths, no state of
/// its own but the arrangement.
class MainWindow : public QMainWindow {
  Q_OBJECT
 public:
  /// Build and Train are one page: Build gives the whole of it to the node editor.
  enum Workspace { Data, Build, Train, Explain };

  explicit MainWindow(Document& document, QWidget* parent = nullptr);
  ~MainWindow() override;

  LiveViews& views() { return *views_; }
  Panels& panels() { return panels_; }
  /// A project or a data file, by its name.
  void openPath(const QString& path);
  /// Saves where it was saved before; asks for a place otherwise (or when `elsewhere`). False: not saved.
  bool save(bool elsewhere = false);
  void exportFigure(Figure* figure);
  void setWorkspace(int workspace);
  int workspace() const;

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  // main_window.cpp: construction
  void buildCentre();
  FigurePanel* makePanel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home);
  static QFrame* makeBar(const QString& name);
  QWidget* buildMessageBar();
  void buildWorkspaces();
  void buildStatus();
  void connectDocument();
  void connectViews();
  // main_window_arrangement.cpp
  void saveArrangement() const;
  void restoreArrangement();
  std::map<std::string, std::string> arrangement() const;
  void applyArrangement(const std::map<std::string, std::string>& views);
  void resetArrangement();
  // main_window_actions.cpp: menus and what they do
  void buildMenus();
  void buildFileMenu();
  void buildEditMenu();
  void buildViewMenu();
  void buildNetworkMenu();
  void buildTrainMenu();
  void buildExplainMenu();
  void buildHelpMenu();
  QAction* add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& key, const QString& tip,
               const std::function<void()>& does);
  void chooseData();
  void importData(const QString& path);
  void changePreparation();
  void openSampleTable(const QString& id);
  void chooseGenerator(const QString& id);
  void findRate();
  void crossValidate();
  void exportData(Figure* figure);
  // main_window_projects.cpp
  static QString lastFolder();
  static void setLastFolder(const QString& path);
  QWidget* buildMissingBar();
  void refreshMissing();
  void locateData();
  bool mayLose();
  bool mayReplace(bool& elsewhere);
  void chooseProject();
  void remember(const QString& path);
  void refreshRecent();
  // what follows the document
  void refreshEdited();
  void refreshTitle();
  void refreshSelection();
  void refreshStatus();
  void showMessage(const QString& text);

  Document& document_;
  Panels panels_;
  GraphEditor* editor_ = nullptr;
  Inspector* inspector_ = nullptr;
  TransportBar* transport_ = nullptr;
  LiveViews* views_ = nullptr;
  QTabBar* workspaces_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  DataWorkspace* data_ = nullptr;
  ExplainWorkspace* explain_ = nullptr;
  QSplitter *outer_ = nullptr, *top_ = nullptr, *bottom_ = nullptr, *left_ = nullptr, *curves_ = nullptr, *maps_ = nullptr, *right_ = nullptr;
  PinMenu* pinMenu_ = nullptr;
  QFrame* messageBar_ = nullptr;
  QLabel* messageText_ = nullptr;
  QFrame* missingBar_ = nullptr;
  QLabel* missingText_ = nullptr;
  QToolButton* missingUse_ = nullptr;
  QFrame* workBar_ = nullptr;
  QLabel* workText_ = nullptr;
  QProgressBar* workProgress_ = nullptr;
  QLabel *speed_ = nullptr, *size_ = nullptr, *dataText_ = nullptr, *threads_ = nullptr;
  QMenu* recent_ = nullptr;
};

}  // namespace vitrine
