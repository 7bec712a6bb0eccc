// Methods and their settings, the look of the wall, attributions as files.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>
#include <algorithm>

#include "app/explain_arrays.h"
#include "app/explain_workspace.h"
#include "widgets/editor/category.h"
#include "widgets/forms/param_form.h"

namespace vitrine {
namespace {

/// The method's parameters, a layer's name as a choice among this network's layers.
std::vector<Param> describedFor(const ExplainerSpec& spec, const Snapshot* snapshot) {
  std::vector<Param> params = spec.params;
  for (Param& p : params) {
    // Classes by their names.
    if (p.id == "to" && spec.family == ExplainerSpec::Family::Counterfactual && snapshot && std::holds_alternative<std::int64_t>(p.fallback)) {
      p.fallback = std::string("-1");
      p.choices = {{"-1", ExplainWorkspace::tr("any other").toStdString()}};
      for (std::size_t c = 0; c < snapshot->data->spec.classes.size(); ++c) p.choices.push_back({std::to_string(c), snapshot->data->spec.classes[c]});
    }
    if (p.id != "layer" || !p.choices.empty() || !snapshot || !std::holds_alternative<std::string>(p.fallback)) continue;
    p.choices.push_back({"", ExplainWorkspace::tr("the usual one").toStdString()});
    for (NodeId id : snapshot->network->order())
      if (spec.supports(*snapshot->network, {{p.id, snapshot->network->graph().find(id)->name}}))
        p.choices.push_back({snapshot->network->graph().find(id)->name, snapshot->network->graph().find(id)->name});
  }
  return params;
}

}  // namespace

void ExplainWorkspace::setColumns(std::vector<WallColumn> columns) {
  for (WallColumn& c : columns)
    if (c.key == 0) c.key = nextKey_++;
  wall_->setColumns(std::move(columns));
  refresh();
  if (!isVisible()) onWall();
}

void ExplainWorkspace::addMethod(const ExplainerSpec& spec) {
  emit wanted();
  std::vector<WallColumn> columns = wall_->columns();
  columns.push_back({0, &spec, {}});
  setColumns(std::move(columns));
}

void ExplainWorkspace::fillMethodMenu(QMenu* menu) {
  menu->clear();
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  std::optional<ExplainerSpec::Family> family;
  for (const ExplainerSpec& spec : explainerRegistry()) {
    // These have their own places: one layer's units, and changes of the input.
    if (!spec.givesMaps() || spec.ofUnits) continue;
    if (family && spec.family != *family) menu->addSeparator();
    family = spec.family;
    QAction* a = menu->addAction(fromCore(spec.name), this, [this, &spec] { addMethod(spec); });
    a->setObjectName(QStringLiteral("explainAdd_") + fromCore(spec.id));
    QString tip = fromCore(spec.help);
    if (!spec.formula.empty()) tip += QLatin1Char('\n') + fromCore(spec.formula);
    if (!spec.source.empty()) tip += QLatin1Char('\n') + fromCore(spec.source);
    if (s && s->network) {
      if (const Status fits = spec.supports(*s->network, {}); !fits) {
        const QString why = fromCore(fits.error().text());
        a->setEnabled(false);
        a->setText(fromCore(spec.name) + QStringLiteral("  (") + menu->fontMetrics().elidedText(why, Qt::ElideRight, 260) + QLatin1Char(')'));  // whole in the tool tip
        tip = why;
      }
    } else {
      a->setEnabled(false);
    }
    a->setToolTip(tip);
  }
}

void ExplainWorkspace::showMethodMenu(int column, QPoint at) {
  if (column < 0 || column >= static_cast<int>(wall_->columns().size())) return;
  auto* menu = new QMenu(this);
  menu->setObjectName(QStringLiteral("explainColumnMenu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setToolTipsVisible(true);
  const WallColumn& c = wall_->columns()[static_cast<std::size_t>(column)];
  const auto item = [&](const QString& text, const char* name, const QString& tip, bool enabled, auto&& does) {
    QAction* a = menu->addAction(text, this, does);
    a->setObjectName(QLatin1String(name));
    a->setToolTip(tip);
    a->setEnabled(enabled);
  };
  item(tr("Settings of %1…").arg(fromCore(c.spec->name)), "explainColumnSettings", fromCore(c.spec->help), !c.spec->params.empty(), [this, column, at] { showSettings(column, at); });
  fillTargetMenu(menu, column);
  menu->addSeparator();
  const auto moved = [this, column](int by) {
    std::vector<WallColumn> columns = wall_->columns();
    std::swap(columns[static_cast<std::size_t>(column)], columns[static_cast<std::size_t>(column + by)]);
    view_->select(view_->selectedSample(), column + by);
    setColumns(std::move(columns));
  };
  item(tr("Move left"), "explainColumnLeft", tr("One column to the left"), column > 0, [moved] { moved(-1); });
  item(tr("Move right"), "explainColumnRight", tr("One column to the right"), column + 1 < static_cast<int>(wall_->columns().size()), [moved] { moved(1); });
  item(tr("Duplicate"), "explainColumnDuplicate", tr("The same method once more, to compare settings"), true, [this, column] {
    std::vector<WallColumn> columns = wall_->columns();
    WallColumn copy = columns[static_cast<std::size_t>(column)];
    copy.key = 0;
    columns.insert(columns.begin() + column + 1, std::move(copy));
    setColumns(std::move(columns));
  });
  item(tr("Remove"), "explainColumnRemove", tr("Takes the column away; + method brings it back"), true, [this, column] {
    std::vector<WallColumn> columns = wall_->columns();
    columns.erase(columns.begin() + column);
    setColumns(std::move(columns));
  });
  menu->popup(at);
}

void ExplainWorkspace::fillTargetMenu(QMenu* menu, int column) {
  if (!wall_->snapshot()) return;
  const Dataset& data = *wall_->snapshot()->data;
  const WallColumn& c = wall_->columns()[static_cast<std::size_t>(column)];
  const auto apply = [this, column](const std::optional<TargetChoice>& target) {
    std::vector<WallColumn> columns = wall_->columns();
    columns[static_cast<std::size_t>(column)].target = target;
    setColumns(std::move(columns));
  };
  QMenu* targets = menu->addMenu(tr("Explain"));
  targets->setObjectName(QStringLiteral("explainColumnTargets"));
  targets->setToolTipsVisible(true);
  const auto choice = [&](const QString& text, const QString& name, const QString& tip, bool checked, auto&& does) {
    QAction* a = targets->addAction(text, this, does);
    a->setObjectName(name);
    a->setToolTip(tip);
    a->setCheckable(true);
    a->setChecked(checked);
    return a;
  };
  choice(tr("as chosen at the left"), QStringLiteral("explainColumnTarget_wall"), tr("The column follows the target at the left"), !c.target, [apply] { apply({}); });
  targets->addSeparator();
  const bool probability = c.target.value_or(wall_->target()).probability;
  const Network* network = wall_->snapshot() ? wall_->snapshot()->network.get() : nullptr;
  const QStringList names{QStringLiteral("predicted"), QStringLiteral("class"), QStringLiteral("second"), QStringLiteral("difference")};
  for (TargetChoice t : outputChoices(data)) {
    QString name = QStringLiteral("explainColumnTarget_") + names[t.kind];
    if (t.kind == TargetChoice::Class) name += QString::number(t.output);
    const QString text = choiceName(t, data);
    t.probability = probability;
    choice(text, name, tr("The column explains this, whatever is chosen at the left; its head says so"), c.target == t, [apply, t] { apply(t); });
  }
  targets->addSeparator();
  const QString why = c.target ? whyNoProbability(*c.target, data, network) : tr("The column follows the choice at the left.");
  choice(tr("Probability"), QStringLiteral("explainColumnProbability"), why.isEmpty() ? tr("The softmax probability instead of the logit") : why, probability,
         [apply, t = c.target.value_or(TargetChoice{})]() mutable {
           t.probability = !t.probability;
           apply(t);
         })->setEnabled(why.isEmpty());
  TargetChoice second{.kind = TargetChoice::Second, .probability = probability && whyNoProbability({}, data, network).isEmpty()};
  const bool classes = data.spec.task == Task::Classification && data.spec.outputs > 1, same = c.target.value_or(wall_->target()).kind == TargetChoice::Second;
  QAction* compare = menu->addAction(tr("Compare with the second class"), this, [this, column, second] {
    std::vector<WallColumn> columns = wall_->columns();
    WallColumn copy = columns[static_cast<std::size_t>(column)];
    copy.key = 0;
    copy.target = second;
    columns.insert(columns.begin() + column + 1, std::move(copy));
    setColumns(std::move(columns));
  });
  compare->setObjectName(QStringLiteral("explainColumnCompare"));
  compare->setEnabled(classes && !same);
  compare->setToolTip(!classes ? tr("Only what tells classes apart has a second class.") : same ? tr("This column explains the second class already.") : tr("The same method beside it, for the class that comes next: what speaks for which"));
}

void ExplainWorkspace::showSettings(int column, QPoint at) {
  const WallColumn c = wall_->columns()[static_cast<std::size_t>(column)];
  const Params shown = wall_->snapshot() ? settingsFor(*c.spec, wall_->snapshot()->data->spec.input, c.settings) : c.settings;
  popUpSettings(*c.spec, shown, at, [this, key = c.key](const std::string& id, const ParamValue& value) {
    std::vector<WallColumn> columns = wall_->columns();
    for (WallColumn& w : columns)
      if (w.key == key) w.settings[id] = value;
    setColumns(std::move(columns));
  });
}

QToolButton* ExplainWorkspace::settingsButton(const QString& name, const QString& tip, std::function<SettingsOf()> of, std::function<void(Params)> apply, const QStringList& hidden) {
  auto* button = new QToolButton;
  button->setObjectName(name);
  button->setText(tr("settings"));
  button->setToolTip(tip);
  button->setProperty("flat", true);
  connect(button, &QToolButton::clicked, this, [this, button, of = std::move(of), apply = std::move(apply), hidden] {
    SettingsOf s = of();
    std::erase_if(s.spec.params, [&](const Param& p) { return hidden.contains(fromCore(p.id)); });
    popUpSettings(s.spec, s.settings, button->mapToGlobal(QPoint(0, button->height())), [of, apply](const std::string& id, const ParamValue& value) {
      Params p = of().settings;
      p[id] = value;
      apply(std::move(p));
    });
  });
  return button;
}

void ExplainWorkspace::popUpSettings(const ExplainerSpec& spec, const Params& settings, QPoint at, std::function<void(const std::string&, const ParamValue&)> apply) {
  auto* popup = new QFrame(this, Qt::Popup);
  popup->setObjectName(QStringLiteral("explainSettings"));
  popup->setProperty("panel", true);
  popup->setAttribute(Qt::WA_DeleteOnClose);
  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  auto* around = new QVBoxLayout(popup);
  around->setContentsMargins(1, 1, 1, 1);
  around->addWidget(scrolled(content));
  const auto words = [&](const std::string& text, const char* role) {
    if (text.empty()) return;
    auto* label = new QLabel(fromCore(text));
    label->setWordWrap(true);
    label->setProperty("role", QLatin1String(role));
    layout->addWidget(label);
  };
  words(spec.name, "title");
  words(spec.help, "secondary");
  words(spec.formula, "");
  auto* form = new ParamForm;
  form->setObjectName(QStringLiteral("explainSettingsForm"));
  const std::vector<Param> described = describedFor(spec, wall_->snapshot().get());
  Params shown = settings;
  for (const Param& p : described)
    if (const auto it = shown.find(p.id); it != shown.end() && !p.choices.empty() && std::holds_alternative<std::int64_t>(it->second)) it->second = std::to_string(std::get<std::int64_t>(it->second));
  form->setParams(described, shown);
  layout->addWidget(form);
  words(spec.warning, "");
  words(spec.source, "secondary");
  connect(form, &ParamForm::changed, this, [apply = std::move(apply), own = spec.params](const QString& id, const ParamValue& value, bool final) {
    if (!final) return;
    // A number that was chosen by name is a number again.
    const bool number = std::any_of(own.begin(), own.end(), [&](const Param& p) { return p.id == id.toStdString() && std::holds_alternative<std::int64_t>(p.fallback); });
    const std::string* name = std::get_if<std::string>(&value);
    apply(id.toStdString(), number && name ? ParamValue(static_cast<std::int64_t>(std::stoll(*name))) : value);
  });
  // Words that wrap take their height from the width; what is too high for the screen is scrolled.
  constexpr int kWide = 340, kFrame = 8;
  const QRect screen = this->screen()->availableGeometry();
  popup->setFixedSize(kWide, std::min(layout->totalHeightForWidth(kWide - kFrame) + kFrame, screen.height()));
  popup->move(std::clamp(at.x(), screen.left(), std::max(screen.left(), screen.right() - popup->width())), std::clamp(at.y(), screen.top(), std::max(screen.top(), screen.bottom() - popup->height())));
  popup->show();
  form->setFocus();
}

QWidget* ExplainWorkspace::buildLook() {
  auto* box = new QWidget;
  box->setObjectName(QStringLiteral("explainLookBox"));
  auto* form = new QFormLayout(box);
  form->setContentsMargins(12, 8, 12, 8);
  const auto slider = [&](const QString& name, const QString& label, const QString& tip, int low, int high, int at, auto&& apply) {
    auto* s = new QSlider(Qt::Horizontal);
    s->setObjectName(name);
    s->setAccessibleName(label);
    s->setToolTip(tip);
    s->setRange(low, high);
    s->setValue(at);
    s->setFixedWidth(140);
    form->addRow(label, s);
    connect(s, &QSlider::valueChanged, this, [this, apply](int v) {
      WallLook look = view_->look();
      apply(look, v);
      view_->setLook(look);
    });
  };
  const auto combo = [&](const QString& name, const QString& label, const QString& tip, const QStringList& items, auto&& apply) {
    auto* c = new QComboBox;
    c->setObjectName(name);
    c->setAccessibleName(label);
    c->setToolTip(tip);
    c->addItems(items);
    form->addRow(label, c);
    connect(c, &QComboBox::currentIndexChanged, this, [this, apply](int i) {
      WallLook look = view_->look();
      apply(look, i);
      view_->setLook(look);
    });
  };
  slider(QStringLiteral("explainOverlay"), tr("Input shows through"), tr("How much of the picture shows through the map, 0 (not at all) to 90 %"), 0, 90, 0,
         [](WallLook& look, int v) { look.overlay = v / 100.0; });
  combo(QStringLiteral("explainSign"), tr("Sign"), tr("Signed: blue raises the target, orange lowers it. Or only how strongly, or one half."),
        {tr("signed"), tr("absolute"), tr("raises only"), tr("lowers only")}, [](WallLook& look, int i) { look.map.sign = static_cast<SignShown>(i); });
  combo(QStringLiteral("explainColors"), tr("Colours, unsigned"), tr("Colours of maps that are never negative; signed maps always diverge about 0"), {tr("viridis"), tr("cividis"), tr("gray")},
        [](WallLook& look, int i) { look.sequential = i == 0 ? ColorMap::Viridis : i == 1 ? ColorMap::Cividis : ColorMap::Gray; });
  slider(QStringLiteral("explainSmooth"), tr("Smoothing"), tr("Gaussian blur of the map in cells, off at 0; typical 1. Numbers and exports stay as computed."), 0, 40, 0,
         [](WallLook& look, int v) { look.map.blur = v / 10.0; });
  slider(QStringLiteral("explainClip"), tr("Clip beyond percentile"), tr("Magnitudes beyond this percentile take the end colour, 80 to 100 (off); typical 99"), 800, 1000, 1000,
         [](WallLook& look, int v) { look.map.percentile = v / 10.0; });
  return box;
}

void ExplainWorkspace::exportArrays() {
  auto* dialog = new QFileDialog(this, tr("Attributions as NPY"), QSettings().value(QStringLiteral("folder")).toString(), tr("NumPy arrays (*.npy)"));
  dialog->setObjectName(QStringLiteral("explainNpyDialog"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix(QStringLiteral("npy"));
  dialog->selectFile(fileWords(tr("%1 attributions").arg(document_.name())) + QStringLiteral(".npy"));
  // What is written has longer names than the one chosen here, and is asked for by them.
  dialog->setOption(QFileDialog::DontConfirmOverwrite);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    if (mayReplace(path)) saveArrays(path);
  });
  dialog->open();
}

bool ExplainWorkspace::mayReplace(const QString& path) {
  QStringList there;
  for (const ArrayFile& f : arrayFiles(*wall_, path)) there << f.path;
  there << arraysAbout(path);
  there.removeIf([](const QString& name) { return !QFileInfo::exists(name); });
  if (there.isEmpty()) return true;
  for (QString& name : there) name = QFileInfo(name).fileName();
  const QString text = tr("These files are there already and would be replaced:") + QLatin1Char('\n') + there.join(QLatin1Char('\n'));
  return QMessageBox::question(this, tr("Attributions as NPY"), text, QMessageBox::Yes | QMessageBox::No, QMessageBox::No) == QMessageBox::Yes;
}

bool ExplainWorkspace::saveArrays(const QString& path) {
  const std::size_t files = arrayFiles(*wall_, path).size();
  if (files == 0) {
    emit document_.said(tr("There is no attribution to write yet."));
    return false;
  }
  if (Status s = writeArrays(*wall_, path, fault_.isEmpty() ? QString() : tr("Of the network before it was edited: %1").arg(fault_)); !s) {
    emit document_.failed(fromCore(s.error().text()));
    return false;
  }
  emit document_.said(tr("Arrays written: %1. What they are stands in %2.").arg(QLocale().toString(qulonglong(files)), QFileInfo(arraysAbout(path)).fileName()));
  return true;
}

void ExplainWorkspace::fillMenu(QMenu* menu) {
  menu->setToolTipsVisible(true);
  const auto item = [&](const QString& text, const char* name, const char* key, const QString& tip, auto&& does) {
    QAction* a = menu->addAction(text, this, [this, does] {
      emit wanted();
      does();
    });
    a->setObjectName(QLatin1String(name));
    a->setToolTip(tip);
    a->setStatusTip(tip);
    if (*key) a->setShortcut(QKeySequence(QLatin1String(key)));
    return a;
  };
  QMenu* methods = menu->addMenu(tr("&Add method"));
  methods->setObjectName(QStringLiteral("menuAddMethod"));
  methods->setToolTipsVisible(true);
  connect(methods, &QMenu::aboutToShow, this, [this, methods] { fillMethodMenu(methods); });
  item(tr("&Refresh"), "actionExplainRefresh", "F5", tr("Explains the network as it is now"), [this] {
    wall_->setSnapshot(document_.snapshot());
    refresh();
    choices_->predict(document_.snapshot());
    inside_->again();
    tables_->again();
    counterfactual_->again();
  });
  menu->addAction(live_);
  menu->addSeparator();
  item(tr("&Draw a sample"), "actionExplainDraw", "Ctrl+Shift+D", tr("A page to draw a sample of your own on"), [this] { choices_->showCanvas(); });
  item(tr("&Load an image…"), "actionExplainLoad", "Ctrl+Shift+I", tr("A picture file as a sample of your own"), [this] { choices_->chooseImage(); });
  menu->addSeparator();
  item(tr("&Inside the network"), "actionExplainInside", "", tr("The chosen sample on its way through the layers"), [this] { tabs_->setCurrentIndex(0); });
  item(tr("Explain this &step"), "actionExplainStep", "", tr("One training step of the chosen unit, in its numbers"), [this] { tabs_->setCurrentIndex(1); });
  item(tr("&Counterfactual"), "actionExplainCounterfactual", "", tr("The smallest change found that makes another class of the chosen sample"), [this] { tabs_->setCurrentIndex(tabs_->count() - 1); });
  menu->addSeparator();
  item(tr("&Export the wall…"), "actionExplainExport", "Ctrl+Shift+E", tr("The wall as one figure with labels and scales"), [this] { emit panels_.exportRequested(view_); });
  item(tr("Attributions as &NPY…"), "actionExplainNpy", "", tr("One array a method, for numpy"), [this] { exportArrays(); });
}

}  // namespace vitrine
