#include "app/import_dialog.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "core/data/csv_format.h"
#include "core/data/file_bytes.h"
#include "widgets/data/columns_view.h"
#include "widgets/data/recipe_form.h"
#include "widgets/data/steps_editor.h"
#include "widgets/data/table_model.h"

namespace vitrine {
namespace {

QComboBox* formatBox(const QString& name, const QString& tip) {
  auto* box = new QComboBox;
  box->setObjectName(name);
  box->setToolTip(tip);
  return box;
}

void chooseChar(QComboBox* box, char c) { box->setCurrentIndex(std::max(0, box->findData(int(c)))); }

}  // namespace

ImportDialog::ImportDialog(const QString& path, QWidget* parent) : ImportBase(parent), path_(path) {
  build();
  setWindowTitle(tr("Open %1").arg(QFileInfo(path).fileName()));
  refresh(Again::Format);
}

ImportDialog::ImportDialog(DatasetPtr data, QWidget* parent)
    : ImportBase(parent), path_(QString::fromStdString(data->source.path)), source_(data->source), bytes_(data->fileBytes), recipe_(data->recipe), stepsTouched_(true) {
  file_ = TableFile{data->table, data->recipe, data->source, data->fileBytes, bytes_ && source_.kind == "csv" ? encodingSamples(*bytes_) : std::vector<EncodingSample>()};
  past_.begin(recipe_);
  begun_ = true;
  build();
  setWindowTitle(tr("Preparation of %1").arg(QString::fromStdString(data->name)));
  showRecipe();
  refresh(Again::Prepare);
}

QWidget* ImportDialog::buildFormat() {
  encoding_ = formatBox(QStringLiteral("importEncoding"), tr("How the file's bytes stand for letters"));
  separator_ = formatBox(QStringLiteral("importSeparator"), tr("What stands between two cells"));
  for (const auto& [c, text] : std::initializer_list<std::pair<char, QString>>{{',', tr("comma")}, {';', tr("semicolon")}, {'\t', tr("tab")}, {'|', tr("bar")}, {' ', tr("blanks")}}) separator_->addItem(text, int(c));
  decimal_ = formatBox(QStringLiteral("importDecimal"), tr("What stands before the fraction of a number"));
  decimal_->addItem(tr("point"), int('.'));
  decimal_->addItem(tr("comma"), int(','));
  thousands_ = formatBox(QStringLiteral("importThousands"), tr("What stands between groups of three digits"));
  for (const auto& [c, text] : std::initializer_list<std::pair<char, QString>>{{'\0', tr("nothing")}, {',', tr("comma")}, {'.', tr("point")}, {' ', tr("space")}, {'\'', tr("apostrophe")}}) thousands_->addItem(text, int(c));
  header_ = formatBox(QStringLiteral("importHeader"), tr("Whether the first line names the columns"));
  header_->addItem(tr("names the columns"), int(kHeader));
  header_->addItem(tr("names, then units"), int(kHeaderAndUnits));
  header_->addItem(tr("is data"), int(kNoHeader));
  header_->addItem(tr("names are in a comment"), int(kHeaderInComment));
  skip_ = new QSpinBox;
  skip_->setObjectName(QStringLiteral("importSkip"));
  skip_->setToolTip(tr("Lines before the table that are passed over, such as a title"));
  skip_->setRange(0, 1000000);
  skip_->setKeyboardTracking(false);
  comment_ = formatBox(QStringLiteral("importComment"), tr("Lines that begin with this mark are passed over"));
  for (const auto& [c, text] : std::initializer_list<std::pair<char, QString>>{{'\0', tr("none")}, {'#', QStringLiteral("#")}, {'%', QStringLiteral("%")}, {';', QStringLiteral(";")}, {'!', QStringLiteral("!")}}) comment_->addItem(text, int(c));
  missing_ = new QLineEdit;
  missing_->setObjectName(QStringLiteral("importMissing"));
  missing_->setToolTip(tr("Cells with these texts count as missing, besides empty ones; separated by spaces"));
  auto* box = new QGroupBox(tr("As it is read"));
  auto* row = new QHBoxLayout(box);
  row->setSpacing(8);
  const auto labelled = [&](const QString& text, QWidget* field, int stretch) {
    auto* column = new QVBoxLayout;
    auto* label = new QLabel(text);
    label->setBuddy(field);
    column->addWidget(label);
    column->addWidget(field);
    row->addLayout(column, stretch);
  };
  labelled(tr("Encoding"), encoding_, 1);
  labelled(tr("Skip lines"), skip_, 0);
  labelled(tr("Comment"), comment_, 0);
  labelled(tr("Separator"), separator_, 1);
  labelled(tr("First line"), header_, 1);
  labelled(tr("Decimal mark"), decimal_, 1);
  labelled(tr("Thousands"), thousands_, 1);
  labelled(tr("Missing"), missing_, 2);
  // On a small screen they narrow; their lists stay as wide as their texts.
  for (const auto& [b, letters] : std::initializer_list<std::pair<QComboBox*, int>>{{encoding_, 12}, {separator_, 5}, {decimal_, 5}, {thousands_, 5}, {header_, 12}, {comment_, 4}}) {
    b->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    b->setMinimumContentsLength(letters);
    b->view()->setMinimumWidth(b->view()->sizeHintForColumn(0) + 24);
    connect(b, &QComboBox::activated, this, &ImportDialog::changeFormat);
  }
  connect(skip_, &QSpinBox::valueChanged, this, &ImportDialog::changeFormat);
  connect(missing_, &QLineEdit::editingFinished, this, [this] {
    if (missing_->isModified()) changeFormat();
  });
  // Other formats say themselves how they are written.
  const bool text = bytes_ ? source_.kind == "csv" : !path_.endsWith(QStringLiteral(".arff"), Qt::CaseInsensitive) && arrayKind(path_.toStdString()).empty();
  box->setVisible(text);
  return box;
}

void ImportDialog::build() {
  setObjectName(QStringLiteral("importDialog"));
  fit({1120, 740});
  preview_ = new TableModel(this);
  auto* table = new QTableView;
  table->setObjectName(QStringLiteral("importPreview"));
  table->setModel(preview_);
  table->verticalHeader()->setDefaultSectionSize(22);
  table->setEditTriggers(QTableView::NoEditTriggers);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table->horizontalHeader()->setDefaultSectionSize(110);
  columns_ = new ColumnsView;
  columns_->setObjectName(QStringLiteral("importColumns"));
  form_ = new RecipeForm;
  steps_ = new StepsEditor;
  auto* left = new QSplitter(Qt::Vertical);
  left->addWidget(table);
  left->addWidget(columns_);
  left->setSizes({220, 320});
  left->setChildrenCollapsible(false);
  layOut(buildFormat(), left, {{form_, tr("Target and split")}, {steps_, tr("Preparation")}}, {760, 340});
  connectParts();
}

void ImportDialog::connectParts() {
  connect(columns_, &ColumnsView::roleChosen, this, &ImportDialog::setRole);
  connect(columns_, &ColumnsView::kindChosen, this, [this](int c, ColumnKind kind) {
    Recipe r = recipe_;
    // Kinds told from the cells stay told, but for this one.
    r.columns[std::size_t(c)].kind = kind;
    if (kind == ColumnKind::Text && r.columns[std::size_t(c)].role == Role::Feature) r.columns[std::size_t(c)].role = Role::Ignore;
    change(std::move(r), Again::Kinds);
  });
  connect(columns_, &ColumnsView::oddChosen, this, [this](int c, bool asMissing) {
    Recipe r = recipe_;
    r.columns[std::size_t(c)].oddAsMissing = asMissing;
    if (asMissing && !stepsTouched_ && file_) r.steps = defaultSteps(*file_->table, r.columns);
    change(std::move(r), Again::Prepare);
  });
  connect(columns_, &ColumnsView::marksChosen, this, [this](int c, bool missing) {
    Recipe r = recipe_;
    r.columns[std::size_t(c)].marksMissing = missing;
    if (missing && !stepsTouched_ && file_ && r.columns[std::size_t(c)].role == Role::Feature && std::none_of(r.steps.begin(), r.steps.end(), [](const StepPlan& s) { return s.type == "missing"; }))
      r.steps.insert(r.steps.begin(), StepPlan{"missing", {}});
    change(std::move(r), Again::Kinds);
  });
  connect(form_, &RecipeForm::changed, this, [this](const Recipe& r) { change(r, Again::Prepare); });
  connect(steps_, &StepsEditor::changed, this, [this](const std::vector<StepPlan>& steps) {
    stepsTouched_ = true;
    Recipe r = recipe_;
    r.steps = steps;
    change(std::move(r), Again::Prepare);
  });
}

void ImportDialog::change(Recipe recipe, Again again) {
  if (!begun_) past_.begin(recipe_), begun_ = true;
  past_.push(recipe);
  recipe_ = std::move(recipe);
  showRecipe();
  refresh(again);
}

void ImportDialog::travel(int by) {
  if (!past_.travel(by)) return;
  const Recipe& to = past_.now();
  bool anew = !(to.format == recipe_.format) || to.columns.size() != recipe_.columns.size();
  for (std::size_t c = 0; !anew && c < recipe_.columns.size(); ++c) anew = to.columns[c].kind != recipe_.columns[c].kind || to.columns[c].marksMissing != recipe_.columns[c].marksMissing;
  recipe_ = to;
  showRecipe();
  refresh(anew ? Again::Kinds : Again::Prepare);
}

void ImportDialog::setRole(int column, Role role, bool also) {
  Recipe r = recipe_;
  if (role == Role::Target && !also)
    for (ColumnPlan& c : r.columns)
      if (c.role == Role::Target) c.role = Role::Feature;
  for (ColumnPlan& c : r.columns)
    if (c.role == role && (role == Role::Weight || role == Role::Group || role == Role::Time || role == Role::Split)) c.role = Role::Ignore;
  r.columns[std::size_t(column)].role = role;
  if (role == Role::Group) r.split.mode = "group";
  if (role == Role::Time && r.split.mode != "group") r.split.mode = "time";
  if (role == Role::Split) r.split.mode = "column";
  if (!stepsTouched_ && file_) r.steps = defaultSteps(*file_->table, r.columns);
  change(std::move(r), Again::Prepare);
}

void ImportDialog::changeFormat() {
  missing_->setModified(false);
  Recipe r = recipe_;
  r.format.encoding = encoding_->currentData().toString().toStdString();
  r.format.skip = skip_->value();
  r.format.comment = char(comment_->currentData().toInt());
  r.format.separator = char(separator_->currentData().toInt());
  r.format.decimal = char(decimal_->currentData().toInt());
  r.format.thousands = char(thousands_->currentData().toInt());
  r.format.header = header_->currentData().toInt();
  r.format.missing.clear();
  for (const QString& mark : missing_->text().split(QLatin1Char(' '), Qt::SkipEmptyParts)) r.format.missing.push_back(mark.toStdString());
  if (r.format == recipe_.format) return;
  change(std::move(r), Again::Format);
}

void ImportDialog::refresh(Again again) {
  Recipe recipe = recipe_;
  if (again == Again::Format) recipe.columns.clear();  // cut otherwise, they may be others
  start(again != Again::Prepare, [this, again, recipe, file = file_, path = path_.toStdString(), bytes = bytes_, source = source_](std::stop_token stop, const Progress& progress) mutable {
    Outcome out;
    if (again != Again::Prepare) {
      Result<TableFile> read = bytes ? readTableBytes(*bytes, source.kind, std::filesystem::path(path).filename().string(), recipe, stop, progress) : readTableFile(path, recipe, stop, progress);
      if (!read)
        out.data = read.error();
      else {
        if (bytes) read->source = source;
        recipe = read->recipe;
        file = out.file = std::move(*read);
      }
    }
    if (out.data.ok()) out.data = prepareFile(*file, recipe, stop);
    if (out.data.ok()) out.stages = stagesOf(*file->table, recipe, stop);
    if (out.data.ok()) out.findings = findLeaks(**out.data, stop);
    return [this, out = std::move(out)] { finish(out); };
  });
}

void ImportDialog::finish(const Outcome& out) {
  if (out.file) {
    file_ = out.file;
    recipe_ = out.file->recipe;
    settle(recipe_);
    showRecipe();
  }
  if (!out.data) {
    steps_->setFitted({}, {});
    return showFault(out.data.error());
  }
  steps_->setFitted((*out.data)->steps, out.stages);
  showData(*out.data, summary(**out.data), out.findings);
}

void ImportDialog::showRecipe() {
  if (!file_) return;
  preview_->setTable(file_->table);
  columns_->setColumns(file_->table, recipe_.columns);
  form_->setRecipe(recipe_);
  QStringList names;
  for (std::size_t c = 0; c < recipe_.columns.size(); ++c)
    if (recipe_.columns[c].role == Role::Feature) names << QString::fromStdString(recipe_.columns[c].name);
  steps_->setSteps(recipe_.steps, names);
  showEncodings();
  {
    const QSignalBlocker quiet(skip_);
    skip_->setValue(int(std::max<std::int64_t>(0, recipe_.format.skip)));
  }
  const char comment = recipe_.format.comment.value_or('\0');
  if (comment_->findData(int(comment)) < 0) comment_->addItem(QString(QLatin1Char(comment)), int(comment));
  chooseChar(comment_, comment);
  chooseChar(separator_, recipe_.format.separator);
  chooseChar(decimal_, recipe_.format.decimal);
  chooseChar(thousands_, recipe_.format.thousands.value_or('\0'));
  header_->setCurrentIndex(std::max(0, header_->findData(recipe_.format.header)));
  QStringList marks;
  for (const std::string& m : recipe_.format.missing) marks << QString::fromStdString(m);
  missing_->setText(marks.join(QLatin1Char(' ')));
}

/// The first words that differ, as each encoding reads them.
void ImportDialog::showEncodings() {
  encoding_->clear();
  for (const std::string& e : textEncodings()) {
    const auto sample = std::find_if(file_->encodings.begin(), file_->encodings.end(), [&](const EncodingSample& s) { return s.encoding == e; });
    // Where all bytes are ASCII the encoding tells nothing; where they are not, an encoding they cannot be is no choice.
    if (!file_->encodings.empty() && sample == file_->encodings.end() && e != recipe_.format.encoding) continue;
    const QString name = QString::fromStdString(e);
    encoding_->addItem(sample == file_->encodings.end() ? name : QStringLiteral("%1: %2").arg(name, QString::fromStdString(sample->words)), name);
  }
  encoding_->setCurrentIndex(std::max(0, encoding_->findData(QString::fromStdString(recipe_.format.encoding))));
  encoding_->view()->setMinimumWidth(encoding_->view()->sizeHintForColumn(0) + 24);
}

QString ImportDialog::summary(const Dataset& d) const {
  const QLocale locale;
  QStringList parts;
  parts << tr("%1 rows to train, %2 to validate, %3 to test.").arg(locale.toString(qlonglong(d.train.size())), locale.toString(qlonglong(d.validation.size())), locale.toString(qlonglong(d.test.size())));
  const QString input = d.spec.input.rank() == 1 ? tr("%1 numbers").arg(QLocale().toString(qlonglong(d.spec.input[0]))) : QString::fromStdString(d.spec.input.text());
  if (d.spec.task == Task::Labels) {
    QStringList labels;
    for (const std::string& c : d.spec.classes) labels << QString::fromStdString(c);
    parts << tr("Each sample is %1 and has any of %2 labels: %3.").arg(input, locale.toString(d.spec.outputs), labels.join(QStringLiteral(", ")));
  } else if (d.spec.task == Task::Regression) {
    parts << tr("Each sample is %1 and predicts %2.").arg(input, QString::fromStdString(d.targetName));
  } else {
    std::vector<std::int64_t> counts(std::size_t(d.spec.outputs));
    for (const std::int32_t r : d.train) ++counts[std::size_t(d.classes[std::size_t(r)])];
    QStringList classes;
    for (std::size_t k = 0; k < std::min<std::size_t>(counts.size(), 6); ++k) classes << QStringLiteral("%1 %2").arg(QString::fromStdString(d.spec.classes[k]), locale.toString(qlonglong(counts[k])));
    if (counts.size() > 6) classes << QStringLiteral("…");
    parts << tr("Each sample is %1 and has one of %2 classes: %3.").arg(input, locale.toString(d.spec.outputs), classes.join(QStringLiteral(", ")));
  }
  const QString size = QString::fromStdString(bytesText(d.inputs.bytes()));
  parts << (d.inputs.indexed() > 0 ? tr("%1 rows × %2 inputs, %3 in memory with categories kept as indices.") : tr("%1 rows × %2 inputs, %3 in memory."))
               .arg(locale.toString(qlonglong(d.count())), locale.toString(qlonglong(d.inputs.size())), size);
  for (const std::string& note : d.notes) parts << QString::fromStdString(note);
  return parts.join(QLatin1Char(' '));
}

}  // namespace vitrine
