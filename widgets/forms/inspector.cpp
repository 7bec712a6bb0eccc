#include "widgets/forms/inspector.h"

#include <QBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>
#include <algorithm>

#include "widgets/editor/category.h"
#include "widgets/forms/param_form.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

/// "113 k", "1.2 M": three digits are enough to compare.
QString shortCount(std::int64_t n) {
  const QLocale locale;
  const double v = static_cast<double>(n);
  const auto with = [&](double x, const QString& unit) {
    return locale.toString(x, 'f', x < 10 ? 1 : 0) + QStringLiteral(" ") + unit;
  };
  if (v >= 999.5e6) return with(v / 1e9, QStringLiteral("G"));
  if (v >= 999.5e3) return with(v / 1e6, QStringLiteral("M"));
  if (v >= 1e4) return with(v / 1e3, QStringLiteral("k"));
  return locale.toString(static_cast<qlonglong>(n));
}

QLabel* makeLabel(const char* name, QWidget* parent, bool secondary) {
  auto* label = new QLabel(parent);
  label->setObjectName(QLatin1String(name));
  label->setWordWrap(true);
  label->setTextFormat(Qt::PlainText);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  if (secondary) label->setProperty("role", QStringLiteral("secondary"));
  return label;
}

template <class Map>
std::int64_t lookUp(const Map& map, NodeId id) {
  auto it = map.find(id);
  return it == map.end() ? 0 : static_cast<std::int64_t>(it->second);
}

}  // namespace

struct Inspector::Impl {
  Graph graph;
  Validation validation;
  NodeId node;
  bool hasNode = false;
  std::string type;

  QLabel *square, *size, *statistics, *output, *help, *formula, *advice, *nameReason;
  QLineEdit* name;
  QBoxLayout *header, *body;
  ParamForm* form;
  QVBoxLayout* issues;
  QWidget *issueHost, *weightsHost, *formHost;
  QWidget* weights = nullptr;
};

Inspector::Inspector(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  setObjectName(QStringLiteral("inspector"));
  setAccessibleName(tr("Inspector"));
  setMinimumWidth(250);
  build();
  connect(impl_->name, &QLineEdit::editingFinished, this, &Inspector::finishName);
  connect(impl_->form, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool final) {
    if (impl_->hasNode) emit paramEdited(impl_->node, id, value, final);
  });
  connect(themeSignal(), &ThemeSignal::changed, this, &Inspector::refresh);
  showNothing();
}

Inspector::~Inspector() {
  // A field that has the focus tells its end of editing while it goes: by then there is nobody to listen.
  for (QObject* child : findChildren<QObject*>()) disconnect(child, nullptr, this, nullptr);
}

void Inspector::build() {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("inspectorScroll"));
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->viewport()->setAutoFillBackground(false);
  outer->addWidget(scroll);
  auto* page = new QWidget(scroll);
  page->setAutoFillBackground(false);
  scroll->setWidget(page);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(12, 8, 12, 10);
  column->setSpacing(9);

  impl_->square = new QLabel(page);
  impl_->square->setFixedSize(16, 16);
  impl_->name = new QLineEdit(page);
  impl_->name->setObjectName(QStringLiteral("inspectorName"));
  impl_->name->setAccessibleName(tr("Name of the layer"));
  impl_->name->setToolTip(tr("The layer's name: unique; weights in files are named after it. Enter keeps it"));
  impl_->size = makeLabel("inspectorSize", page, true);
  impl_->size->setToolTip(tr("Trainable numbers, and multiply-adds of a forward pass of one sample"));
  auto* title = new QHBoxLayout;
  title->setSpacing(8);
  title->addWidget(impl_->square);
  title->addWidget(impl_->name, 1);
  impl_->header = new QBoxLayout(QBoxLayout::LeftToRight);
  impl_->header->setSpacing(6);
  impl_->header->addLayout(title, 1);
  impl_->header->addWidget(impl_->size);
  column->addLayout(impl_->header);
  impl_->nameReason = makeLabel("inspectorNameReason", page, false);
  column->addWidget(impl_->nameReason);
  impl_->nameReason->hide();

  impl_->issueHost = new QWidget(page);
  impl_->issueHost->setObjectName(QStringLiteral("inspectorIssues"));
  impl_->issues = new QVBoxLayout(impl_->issueHost);
  impl_->issues->setContentsMargins(0, 0, 0, 0);
  impl_->issues->setSpacing(6);
  column->addWidget(impl_->issueHost);

  impl_->formHost = new QWidget(page);
  auto* left = new QVBoxLayout(impl_->formHost);
  left->setContentsMargins(0, 0, 0, 0);
  left->setSpacing(9);
  impl_->form = new ParamForm(impl_->formHost);
  impl_->form->setObjectName(QStringLiteral("inspectorForm"));
  impl_->output = makeLabel("inspectorOutput", impl_->formHost, true);
  impl_->statistics = makeLabel("inspectorStatistics", impl_->formHost, true);
  left->addWidget(impl_->form);
  left->addWidget(impl_->output);
  left->addWidget(impl_->statistics);
  left->addStretch(1);
  impl_->weightsHost = new QWidget(page);
  auto* right = new QVBoxLayout(impl_->weightsHost);
  right->setContentsMargins(0, 0, 0, 0);
  impl_->weightsHost->hide();
  impl_->body = new QBoxLayout(QBoxLayout::TopToBottom);
  impl_->body->setSpacing(14);
  impl_->body->addWidget(impl_->formHost);
  impl_->body->addWidget(impl_->weightsHost, 1);
  column->addLayout(impl_->body);

  impl_->help = makeLabel("inspectorHelp", page, true);
  impl_->formula = makeLabel("inspectorFormula", page, false);
  impl_->advice = makeLabel("inspectorAdvice", page, true);
  for (QLabel* label : {impl_->help, impl_->formula, impl_->advice}) column->addWidget(label);
  column->addStretch(1);
}

void Inspector::show(const Graph& graph, const Validation& validation, NodeId node) {
  const bool other = !impl_->hasNode || impl_->node != node;
  if (other) impl_->form->discardTyping();
  if (other) impl_->name->setModified(false);
  impl_->graph = graph;
  impl_->validation = validation;
  impl_->node = node;
  impl_->hasNode = graph.find(node) != nullptr;
  refresh();
}

void Inspector::showNothing(const Graph& graph, const Validation& validation) { show(graph, validation, NodeId{}); }

void Inspector::showNothing() {
  impl_->form->discardTyping();
  impl_->hasNode = false;
  impl_->node = NodeId{};
  refresh();
}

void Inspector::refresh() {
  for (QLabel* label : {impl_->help, impl_->size, impl_->output, impl_->statistics, impl_->advice})
    label->setFont(theme().font(-0.5));
  impl_->formula->setFont(theme().font(0));
  impl_->name->setFont(theme().font(1, true));
  if (impl_->hasNode)
    refreshNode();
  else
    refreshSummary();
  refreshIssues();
  arrange();
}

void Inspector::refreshNode() {
  Impl& d = *impl_;
  const Node& node = *d.graph.find(d.node);
  const LayerSpec* spec = findLayer(node.type);
  const Category category = spec ? spec->category : Category::Data;
  d.square->setPixmap(categoryIcon(category).pixmap(QSize(16, 16), devicePixelRatioF()));
  d.square->show();
  d.name->setReadOnly(false);
  if (!(d.name->isModified() && d.name->hasFocus())) {
    if (d.name->text() != fromCore(node.name)) {
      d.name->setText(fromCore(node.name));
      d.name->setCursorPosition(0);  // a long name is read from its beginning
    }
    d.nameReason->hide();
  }
  const std::int64_t parameters = lookUp(d.validation.parameters, d.node), cost = lookUp(d.validation.cost, d.node);
  QStringList sizes{parameters == 1 ? tr("1 parameter") : tr("%1 parameters").arg(QLocale().toString(qlonglong(parameters)))};
  if (cost > 0) sizes << tr("%1 multiply-adds").arg(shortCount(cost));
  d.size->setText(sizes.join(QStringLiteral(" · ")));
  d.form->setParams(spec ? std::span<const Param>(spec->params) : std::span<const Param>(), node.params);
  d.form->setVisible(spec && !spec->params.empty());
  auto shape = d.validation.shapes.find(d.node);
  d.output->setText(shape == d.validation.shapes.end() ? tr("Output not known yet")
                                                       : tr("Output %1").arg(fromCore(shape->second.text())));
  d.output->show();
  d.formHost->show();
  d.statistics->setVisible(!d.statistics->text().isEmpty());
  d.help->setText(spec ? fromCore(spec->help) : tr("This version does not know the layer type '%1'.").arg(fromCore(node.type)));
  d.formula->setText(spec ? fromCore(spec->formula) : QString());
  d.help->show();
  d.formula->setVisible(!d.formula->text().isEmpty());
  d.advice->hide();
  d.weightsHost->setVisible(d.weights);
}

void Inspector::refreshSummary() {
  Impl& d = *impl_;
  d.square->hide();
  d.name->setModified(false);
  d.name->setReadOnly(true);
  d.name->setText(tr("Network"));
  d.nameReason->hide();
  d.form->setParams({}, {});
  d.form->hide();
  d.statistics->hide();
  d.weightsHost->hide();
  d.formula->hide();
  d.output->hide();
  d.formHost->hide();
  const bool empty = d.graph.nodes.empty();
  const QLocale locale;
  std::int64_t cost = 0;
  for (const auto& [id, c] : d.validation.cost) cost += c;
  d.size->setText(empty ? QString() : layersText(d.graph.nodes.size()));
  QStringList lines;
  if (!empty) {
    lines << tr("%1 parameters").arg(locale.toString(qlonglong(d.validation.totalParameters())));
    if (cost > 0) lines << tr("%1 multiply-adds per sample").arg(shortCount(cost));
  }
  d.help->setText(lines.join(QLatin1Char('\n')));
  d.help->setVisible(!lines.isEmpty());
  d.advice->setText(empty ? tr("Drag a layer from the palette, or choose Network → Templates.")
                          : tr("Select a layer to see and change its parameters."));
  d.advice->show();
}

void Inspector::refreshIssues() {
  Impl& d = *impl_;
  while (QLayoutItem* item = d.issues->takeAt(0)) {
    item->widget()->hide();
    item->widget()->deleteLater();
    delete item;
  }
  int shown = 0;
  for (std::size_t i = 0; i < d.validation.issues.size(); ++i) {
    const Issue& issue = d.validation.issues[i];
    if (d.hasNode ? issue.node != d.node : issue.node.has_value() && shown >= 3) continue;
    d.issues->addWidget(issueRow(issue, static_cast<int>(i)));
    ++shown;
  }
  d.issueHost->setVisible(shown > 0);
}

QWidget* Inspector::issueRow(const Issue& issue, int index) {
  auto* row = new QWidget(impl_->issueHost);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  auto* text = makeLabel("issueText", row, false);
  text->setText(fromCore(issue.text) + (issue.cure.empty() ? QString() : QLatin1Char('\n') + fromCore(issue.cure)));
  text->setFont(theme().font(-0.5));
  QPalette tone = text->palette();
  tone.setColor(QPalette::WindowText, issue.fatal ? theme().error : theme().warning);
  text->setPalette(tone);
  layout->addWidget(text, 1);
  if (!issue.fix) return row;
  auto* button = new QPushButton(tr("Fix"), row);
  button->setObjectName(QStringLiteral("fixButton_%1").arg(index));
  button->setAccessibleName(tr("Fix: %1").arg(fromCore(issue.cure)));
  button->setToolTip(fromCore(issue.cure));
  layout->addWidget(button, 0, Qt::AlignTop);
  connect(button, &QPushButton::clicked, this, [this, index] { emit fixRequested(index); });
  return row;
}

void Inspector::finishName() {
  Impl& d = *impl_;
  if (!d.hasNode || d.name->isReadOnly() || !d.name->isModified()) return;
  const Node* node = d.graph.find(d.node);
  const QString name = d.name->text().trimmed();
  if (!node || name == fromCore(node->name)) {
    d.name->setModified(false);
    return;
  }
  const Result<Graph> after = renameNode(d.graph, d.node, name.toStdString());
  d.nameReason->setVisible(!after);
  if (!after) {
    QPalette red = d.nameReason->palette();
    red.setColor(QPalette::WindowText, theme().error);
    d.nameReason->setPalette(red);
    d.nameReason->setFont(theme().font(-1));
    d.nameReason->setText(errorSentence(after.error()));
    return;
  }
  d.name->setModified(false);
  emit renamed(d.node, name);
}

void Inspector::setWeightStatistics(const QString& text) {
  impl_->statistics->setText(text);
  impl_->statistics->setVisible(impl_->hasNode && !text.isEmpty());
}

void Inspector::setWeightsView(QWidget* view) {
  if (impl_->weights == view) return;
  delete impl_->weights;
  impl_->weights = view;
  if (view) impl_->weightsHost->layout()->addWidget(view);
  impl_->weightsHost->setVisible(view && impl_->hasNode);
  arrange();
}

/// Wide: figures beside the name, weights beside the form. Narrow: one under the other.
void Inspector::arrange() {
  const QFontMetrics metrics(impl_->name->font());
  const int title = metrics.horizontalAdvance(impl_->name->text()) + 60;
  const int figures = impl_->size->fontMetrics().horizontalAdvance(impl_->size->text()) + 12;
  const bool oneLine = title + figures < width() - 24;
  impl_->header->setDirection(oneLine ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
  impl_->size->setWordWrap(!oneLine);
  const bool wide = impl_->weightsHost->isVisibleTo(this) && impl_->form->isVisibleTo(this) && width() >= 420;
  impl_->body->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

void Inspector::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

}  // namespace vitrine
