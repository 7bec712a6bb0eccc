// Menus, and what their actions do.
#include <QActionGroup>
#include <QApplication>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QVBoxLayout>

#include "app/image_import_dialog.h"
#include "app/folds_dialog.h"
#include "app/explain_workspace.h"
#include "app/import_dialog.h"
#include "app/main_window.h"
#include "app/range_dialog.h"
#include "core/model/templates.h"
#include "widgets/editor/category.h"
#include "widgets/editor/graph_editor.h"
#include "widgets/transport/transport_bar.h"

namespace vitrine {
QAction* MainWindow::add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& key, const QString& tip,
                         const std::function<void()>& does) {
  auto* action = new QAction(text, this);
  action->setObjectName(name);
  action->setShortcut(key);
  action->setToolTip(tip);
  action->setStatusTip(tip);
  connect(action, &QAction::triggered, this, does);
  menu->addAction(action);
  return action;
}

void MainWindow::buildMenus() {
  buildFileMenu();
  buildEditMenu();
  buildViewMenu();
  buildNetworkMenu();
  buildTrainMenu();
  buildExplainMenu();
  buildHelpMenu();
}

void MainWindow::buildFileMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&File"));
  add(menu, tr("&New"), QStringLiteral("actionNew"), QKeySequence::New, tr("An empty project"), [this] {
    if (mayLose()) document_.newProject();
  });
  add(menu, tr("&Open…"), QStringLiteral("actionOpen"), QKeySequence::Open, tr("Opens a Vitrine project"), [this] { chooseProject(); });
  recent_ = menu->addMenu(tr("Open &recent"));
  recent_->setObjectName(QStringLiteral("menuRecent"));
  refreshRecent();
  menu->addSeparator();
  add(menu, tr("Open &data…"), QStringLiteral("actionOpenData"), QKeySequence(QStringLiteral("Ctrl+Shift+O")),
      tr("Opens a table (CSV, ARFF, NPY), images (IDX, NPZ, CIFAR) or series of your own"), [this] { chooseData(); });
  add(menu, tr("Open &folder of images…"), QStringLiteral("actionOpenFolder"), QKeySequence(QStringLiteral("Ctrl+Shift+F")),
      tr("Opens pictures in folders, one folder a class; folders train and test are taken as such"), [this] {
        const QString path = QFileDialog::getExistingDirectory(this, tr("Open folder of images"), lastFolder());
        if (path.isEmpty()) return;
        setLastFolder(path);
        importData(path);
      });
  add(menu, tr("&Preparation…"), QStringLiteral("actionPreparation"), QKeySequence(QStringLiteral("Ctrl+Shift+P")),
      tr("Columns, split and preparation of the data that are open"), [this] { changePreparation(); });
  QMenu* sample = menu->addMenu(tr("Sa&mple data"));
  sample->setObjectName(QStringLiteral("menuSample"));
  add(sample, tr("Fashion-MNIST"), QStringLiteral("sample_fashion"), {}, tr("70 000 small pictures of clothes in ten classes"),
      [this] { document_.openSample(); });
  for (const auto& [id, name, tip] : std::initializer_list<std::tuple<QString, QString, QString>>{
           {QStringLiteral("iris"), tr("Iris"), tr("150 flowers of three kinds, by four lengths (Fisher 1936)")},
           {QStringLiteral("wine"), tr("Wine"), tr("178 wines of three growers, by thirteen measurements (Forina 1991)")},
           {QStringLiteral("digits"), tr("Digits"), tr("1797 handwritten digits of 8 × 8 pixels (Alpaydin and Kaynak 1998)")},
           {QStringLiteral("sunspots"), tr("Sunspots"), tr("Yearly sunspot numbers from 1700 to 2008, in windows of 20 years: a series to forecast")}})
    add(sample, name, QStringLiteral("sample_") + id, {}, tip, [this, id = id] { openSampleTable(id); });
  sample->addSeparator();
  for (const GeneratorSpec& g : generatorRegistry())
    add(sample, fromCore(g.name) + QStringLiteral("…"), QStringLiteral("sample_") + fromCore(g.id), {}, fromCore(g.help),
        [this, id = fromCore(g.id)] { chooseGenerator(id); });
  menu->addSeparator();
  add(menu, tr("&Save"), QStringLiteral("actionSave"), QKeySequence::Save, tr("Saves the project with its weights and history"), [this] { save(); });
  add(menu, tr("Save &as…"), QStringLiteral("actionSaveAs"), QKeySequence::SaveAs, tr("Saves the project in another file"), [this] { save(true); });
  menu->addSeparator();
  add(menu, tr("&Export figure…"), QStringLiteral("actionExport"), QKeySequence(QStringLiteral("Ctrl+E")),
      tr("Any panel as PNG, SVG, PDF or CSV, at the size of a journal's column"), [this] {
        FigurePanel* focused = FigurePanel::focused();
        exportFigure(focused ? focused->figure() : nullptr);
      });
  menu->addSeparator();
  add(menu, tr("&Quit"), QStringLiteral("actionQuit"), QKeySequence::Quit, tr("Closes the program"), [this] { close(); });
}

void MainWindow::buildEditMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Edit"));
  QAction* undo = document_.undoStack()->createUndoAction(this, tr("Undo"));
  undo->setObjectName(QStringLiteral("actionUndo"));
  undo->setShortcut(QKeySequence::Undo);
  QAction* redo = document_.undoStack()->createRedoAction(this, tr("Redo"));
  redo->setObjectName(QStringLiteral("actionRedo"));
  redo->setShortcut(QKeySequence::Redo);
  menu->addAction(undo);
  menu->addAction(redo);
  menu->addSeparator();
  for (QAction* a : editor_->editActions()) menu->addAction(a);
}

void MainWindow::buildViewMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&View"));
  QMenu* themes = menu->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  const int chosen = QSettings().value(QStringLiteral("theme"), 0).toInt();
  const QStringList names{tr("As the system"), tr("Light"), tr("Dark")};
  for (int i = 0; i < 3; ++i) {
    QAction* a = add(themes, names[i], QStringLiteral("theme_%1").arg(i), {}, tr("Colours of the window; exported figures stay light"), [i] {
      QSettings().setValue(QStringLiteral("theme"), i);
      applyTheme(*qApp, static_cast<ThemeChoice>(i));
    });
    a->setCheckable(true);
    a->setChecked(i == chosen);
    group->addAction(a);
  }
  QMenu* spaces = menu->addMenu(tr("&Workspace"));
  for (int w = Data; w <= Explain; ++w)
    add(spaces, workspaces_->tabText(w), QStringLiteral("workspace_%1").arg(w), QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + w)), workspaces_->tabToolTip(w),
        [this, w] { setWorkspace(w); });
  QMenu* show = menu->addMenu(tr("&Panels"));
  for (QAction* a : panels_.toggles()) show->addAction(a);
  add(menu, tr("&Reset arrangement"), QStringLiteral("actionResetArrangement"), {}, tr("All panels in their first places"), [this] { resetArrangement(); });
  menu->addSeparator();
  for (QAction* a : editor_->viewActions()) menu->addAction(a);
  menu->addSeparator();
  QAction* full = add(menu, tr("&Full screen"), QStringLiteral("actionFullScreen"), QKeySequence(Qt::Key_F11), tr("The window fills the screen"),
                      [this] { isFullScreen() ? showNormal() : showFullScreen(); });
  full->setCheckable(true);
}

void MainWindow::buildNetworkMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Network"));
  menu->setToolTipsVisible(true);
  QMenu* templates = menu->addMenu(tr("&Templates"));
  templates->setObjectName(QStringLiteral("menuTemplates"));
  templates->setToolTipsVisible(true);
  for (const GraphTemplate& t : templateRegistry())
    add(templates, fromCore(t.name), QStringLiteral("template_") + fromCore(t.id), {}, fromCore(t.help), [this, id = t.id] {
      document_.applyTemplate(id);
      editor_->fitAll();
    });
  // Templates that do not suit the data say so before they are chosen.
  connect(templates, &QMenu::aboutToShow, this, [this, templates] {
    std::size_t i = 0;
    for (const GraphTemplate& t : templateRegistry()) {
      QAction* a = templates->actions().value(static_cast<int>(i++));
      const Status s = document_.data() ? t.suits(document_.data()->spec) : Status(problem(tr("Open data first.").toStdString()));
      a->setEnabled(s.ok());
      a->setToolTip(s ? fromCore(t.help) : fromCore(t.help) + QLatin1Char(' ') + errorSentence(s.error()));
    }
  });
  for (QAction* a : editor_->editActions())
    if (a->objectName() == QStringLiteral("actionAutoLayout")) menu->addAction(a);
}

void MainWindow::buildTrainMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Train"));
  add(menu, tr("&Play / pause"), QStringLiteral("actionPlay"), {}, tr("Trains until paused (Ctrl+Space)"),
      [this] { transport_->togglePlay(); });
  add(menu, tr("Step one &batch"), QStringLiteral("actionStepBatch"), QKeySequence(QStringLiteral("Ctrl+.")), tr("Trains one batch and pauses"),
      [this] { document_.stepBatch(); });
  add(menu, tr("Step one &epoch"), QStringLiteral("actionStepEpoch"), QKeySequence(QStringLiteral("Ctrl+Shift+.")),
      tr("Trains to the end of the epoch and pauses"), [this] { document_.stepEpoch(); });
  add(menu, tr("&Find learning rate…"), QStringLiteral("actionRangeTest"), {}, tr("Tries rates from very small to very large and suggests one"),
      [this] { findRate(); });
  add(menu, tr("&Cross-validate…"), QStringLiteral("actionFolds"), {}, tr("Trains anew on every part of the data but one, and tells how far results differ"),
      [this] { crossValidate(); });
  add(menu, tr("&Reset"), QStringLiteral("actionReset"), QKeySequence(QStringLiteral("Ctrl+Shift+R")), tr("Weights from the seed anew, history empty"),
      [this] { document_.reset(); });
}

void MainWindow::findRate() {
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  if (!document_.whyNotPlayable().isEmpty() || !s || !s->state || !s->network)
    return showMessage(tr("A network that can be trained is needed first. %1").arg(document_.whyNotPlayable()));
  document_.pause();  // both at once would share the machine and spoil neither's numbers, but each other's time
  RangeDialog dialog(s, document_.settings(), document_.trainer().threads(), this);
  if (dialog.exec() != QDialog::Accepted || dialog.chosenRate() <= 0) return;
  TrainSettings settings = document_.settings();
  settings.rate = dialog.chosenRate();
  document_.editSettings(settings);
}

void MainWindow::crossValidate() {
  const QString why = document_.whyNotPlayable();
  if (!why.isEmpty() || !document_.data()) return showMessage(tr("A network that can be trained is needed first. %1").arg(why));
  document_.pause();
  FoldsDialog(document_.graph(), document_.data(), document_.settings(), document_.trainer().threads(), this).exec();
}

void MainWindow::buildExplainMenu() {
  QMenu* menu = menuBar()->addMenu(tr("E&xplain"));
  menu->setObjectName(QStringLiteral("menuExplain"));
  explain_->fillMenu(menu);
  connect(explain_, &ExplainWorkspace::wanted, this, [this] { setWorkspace(Explain); });
}

void MainWindow::buildHelpMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Help"));
  add(menu, tr("&First steps"), QStringLiteral("actionFirstSteps"), QKeySequence::HelpContents, tr("What to do first"), [this] {
    QMessageBox::information(
        this, tr("First steps"),
        tr("<p>1. Press <b>Play</b>: the sample network learns to tell clothes apart; curves, filters and explanations move as it does.</p>"
           "<p>2. Click a layer: its parameters are at the right, its weights and feature maps below.</p>"
           "<p>3. Drag a layer from the list onto a connection, or change a parameter while it trains: weights that still fit are kept.</p>"
           "<p>4. <b>File → Open data…</b> opens a table or images of your own; <b>Network → Templates</b> has networks to begin with.</p>"
           "<p>5. Right click on any panel to export it as a figure.</p>"));
  });
  add(menu, tr("&About Vitrine"), QStringLiteral("actionAbout"), {}, tr("Version and licence"), [this] {
    QMessageBox::about(this, tr("About Vitrine"),
                       tr("<h3>Vitrine %1</h3><p>See inside a neural network while it learns.</p><p>GPL-3.0-or-later. Built with Qt, QCustomPlot and Eigen.</p>")
                           .arg(QStringLiteral(VITRINE_VERSION)));
  });
}

void MainWindow::chooseData() {
  QStringList filters;
  for (const FileFilter& f : fileFilters()) {
    QStringList patterns;
    for (const std::string& p : f.patterns) patterns << fromCore(p);
    filters << fromCore(f.name) + QStringLiteral(" (") + patterns.join(QLatin1Char(' ')) + QLatin1Char(')');
  }
  filters << tr("All files (*)");
  const QString path = QFileDialog::getOpenFileName(this, tr("Open data"), lastFolder(), filters.join(QStringLiteral(";;")));
  if (path.isEmpty()) return;
  setLastFolder(path);
  importData(path);
}

void MainWindow::openSampleTable(const QString& id) {
  const QString kind = id == QStringLiteral("digits") ? QStringLiteral("npz") : QStringLiteral("csv");
  QFile file(QStringLiteral(":/samples/%1.%2").arg(id, kind));
  if (!file.open(QIODevice::ReadOnly)) return;
  if (kind == QStringLiteral("npz")) {
    const Result<ImageSetPtr> set = readImageBytes(file.readAll().toStdString(), "npz", id.toStdString() + ".npz");
    const Result<DatasetPtr> images = set ? prepareImages(*set, defaultRecipe(**set)) : set.error();
    if (!images) return showMessage(fromCore(images.error().text()));
    return document_.useData(*images);
  }
  Result<TableFile> table = readTableBytes(file.readAll().toStdString(), "csv", id.toStdString() + ".csv");
  if (table && id == QStringLiteral("sunspots")) {
    // The year only puts the rows in order; a window's target is the year after.
    table->recipe.columns[0].role = Role::Time;
    table->recipe.series = {"windows", 20, 1, 1};
    table->recipe.split.mode = "time";
    table->recipe.task = Task::Regression;
  }
  const Result<DatasetPtr> data = table ? prepareFile(*table, table->recipe) : table.error();
  if (!data) return showMessage(fromCore(data.error().text()));
  document_.useData(*data);
}

void MainWindow::importData(const QString& path) {
  const auto ask = [this](auto&& dialog) {
    if (dialog.exec() == QDialog::Accepted) document_.useData(dialog.data());
  };
  if (isTable(path.toStdString()))
    ask(ImportDialog(path, this));
  else
    ask(ImageImportDialog(path, this));
}

void MainWindow::changePreparation() {
  const DatasetPtr& data = document_.data();
  const auto ask = [this](auto&& dialog) {
    if (dialog.exec() == QDialog::Accepted) document_.useData(dialog.data());
  };
  if (data && data->table)
    ask(ImportDialog(data, this));
  else if (data && data->images)
    ask(ImageImportDialog(data, this));
  else
    showMessage(tr("There is nothing to prepare: the data were not read from a file. File → Open data… opens one."));
}

void MainWindow::chooseGenerator(const QString& id) {
  const GeneratorSpec* spec = findGenerator(id.toStdString());
  QDialog dialog(this);
  dialog.setObjectName(QStringLiteral("generatorDialog"));
  dialog.setWindowTitle(fromCore(spec->name));
  auto* form = new QFormLayout;
  auto* help = new QLabel(fromCore(spec->help));
  help->setWordWrap(true);
  auto spin = [&](const QString& name, const QString& label, int low, int high, int value, const QString& suffix, const QString& tip) {
    auto* s = new QSpinBox;
    s->setObjectName(name);
    s->setRange(low, high);
    s->setValue(value);
    s->setSuffix(suffix);
    s->setToolTip(tip);
    s->setAccessibleName(label);
    form->addRow(label, s);
    return s;
  };
  GeneratorSettings settings;
  QSpinBox* size = spin(QStringLiteral("generatorSize"), tr("Samples"), 10, 100000, static_cast<int>(settings.size), {}, tr("200 to 2000 is usual"));
  QSpinBox* noise = spin(QStringLiteral("generatorNoise"), tr("Noise"), 0, 50, 0, QStringLiteral(" %"), tr("How far points stray; 0 to 20 % is usual"));
  QSpinBox* seed = spin(QStringLiteral("generatorSeed"), tr("Seed"), 0, 1000000, static_cast<int>(settings.seed), {}, tr("Another seed draws other points"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  auto* column = new QVBoxLayout(&dialog);
  column->addWidget(help);
  column->addLayout(form);
  column->addWidget(buttons);
  if (dialog.exec() != QDialog::Accepted) return;
  settings.size = size->value();
  settings.noise = noise->value();
  settings.seed = static_cast<std::uint64_t>(seed->value());
  document_.generateData(id.toStdString(), settings);
}

}  // namespace vitrine
