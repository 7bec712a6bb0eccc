// What stands in the heads of the Data workspace's panels.
#include <QComboBox>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <algorithm>

#include "app/data_workspace.h"
#include "widgets/forms/name_combo.h"

namespace vitrine {
namespace {

/// Typing is waited for before rows are looked through.
constexpr int kTypingMs = 250;

}  // namespace

QComboBox* DataWorkspace::makeCombo(const QString& name, const QString& accessible, const QString& tip, int letters) {
  auto* box = new NameCombo;
  box->setObjectName(name);
  box->setAccessibleName(accessible);
  box->setToolTip(tip);
  // By a number of letters, not by the longest of a thousand names.
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(letters);
  box->setMaxVisibleItems(20);
  return box;
}

void DataWorkspace::buildTableControls() {
  FigurePanel* panel = panels_.panel(QStringLiteral("panelTable"));
  rowClass_ = makeCombo(QStringLiteral("rowsClass"), tr("Class of the rows shown"), tr("Only rows of this class"), 8);
  rowPart_ = makeCombo(QStringLiteral("rowsPart"), tr("Part of the rows shown"), tr("Only rows of this part: training, validation or test"), 7);
  filter_ = new QLineEdit;
  filter_->setObjectName(QStringLiteral("rowsFilter"));
  filter_->setAccessibleName(tr("Filter of rows"));
  filter_->setPlaceholderText(tr("Filter"));
  filter_->setToolTip(tr("Rows in which a cell contains this text, or a condition on a column: \"age > 30\", \"kind = setosa\" (also <, <=, >=, !=)"));
  filter_->setClearButtonEnabled(true);
  filter_->setFixedWidth(130);
  auto* pin = new QToolButton;
  pin->setObjectName(QStringLiteral("rowsPin"));
  pin->setText(tr("Pin"));
  pin->setToolTip(tr("Pins the chosen rows, to be watched and explained in Train and Explain; unpins them when all are pinned (Enter)"));
  panel->addHeaderWidget(rowClass_);
  panel->addHeaderWidget(rowPart_);
  panel->addHeaderWidget(filter_);
  panel->addHeaderWidget(pin);
  filterPause_.setSingleShot(true);
  filterPause_.setInterval(kTypingMs);
  connect(&filterPause_, &QTimer::timeout, this, &DataWorkspace::filterRows);
  connect(filter_, &QLineEdit::textChanged, &filterPause_, qOverload<>(&QTimer::start));
  connect(rowClass_, &QComboBox::currentIndexChanged, this, &DataWorkspace::filterRows);
  connect(rowPart_, &QComboBox::currentIndexChanged, this, &DataWorkspace::filterRows);
  connect(pin, &QToolButton::clicked, rows_, &RowsView::pinRequested);
}

void DataWorkspace::buildGalleryControls() {
  FigurePanel* panel = panels_.panel(QStringLiteral("panelGallery"));
  imageClass_ = makeCombo(QStringLiteral("imagesClass"), tr("Class of the images shown"), tr("Only images of this class"), 10);
  imagePart_ = makeCombo(QStringLiteral("imagesPart"), tr("Part of the images shown"), tr("Only images of this part: training, validation or test"), 7);
  find_ = new QLineEdit;
  find_->setObjectName(QStringLiteral("imagesFind"));
  find_->setAccessibleName(tr("Image by number"));
  find_->setPlaceholderText(tr("Number"));
  find_->setToolTip(tr("Goes to the image of this number; samples are counted from 0"));
  find_->setFixedWidth(76);
  zoom_ = new QSlider(Qt::Horizontal);
  zoom_->setObjectName(QStringLiteral("imagesZoom"));
  zoom_->setAccessibleName(tr("Size of the images"));
  zoom_->setToolTip(tr("Size of the images (Ctrl + wheel, + and −); hover over one to read its pixels"));
  zoom_->setRange(ImageGallery::kLeastZoom, ImageGallery::kMostZoom);
  zoom_->setValue(gallery_->zoom());
  zoom_->setFixedWidth(90);
  auto* pin = new QToolButton;
  pin->setObjectName(QStringLiteral("imagesPin"));
  pin->setText(tr("Pin"));
  pin->setToolTip(tr("Pins the chosen image, or unpins it (Enter, Space, double click)"));
  for (QWidget* w : {static_cast<QWidget*>(find_), static_cast<QWidget*>(imagePart_), static_cast<QWidget*>(imageClass_), static_cast<QWidget*>(zoom_), static_cast<QWidget*>(pin)}) panel->addHeaderWidget(w);
  connect(imageClass_, &QComboBox::currentIndexChanged, this, &DataWorkspace::filterGallery);
  connect(imagePart_, &QComboBox::currentIndexChanged, this, &DataWorkspace::filterGallery);
  connect(find_, &QLineEdit::returnPressed, this, &DataWorkspace::findImage);
  connect(zoom_, &QSlider::valueChanged, gallery_, &ImageGallery::setZoom);
  connect(gallery_, &ImageGallery::zoomChanged, zoom_, &QSlider::setValue);
  connect(pin, &QToolButton::clicked, this, [this] {
    if (gallery_->current() < 0) return emit document_.said(tr("Click an image first."));
    togglePin(gallery_->current());
  });
}

void DataWorkspace::buildColumnControls() {
  column_ = makeCombo(QStringLiteral("distributionColumn"), tr("Column"), tr("The column whose values are counted"), 12);
  group_ = makeCombo(QStringLiteral("distributionGroup"), tr("Groups"), tr("One histogram of all rows, or one for each part or class"), 8);
  FigurePanel* distribution = panels_.panel(QStringLiteral("panelDistribution"));
  distribution->addHeaderWidget(group_);
  distribution->addHeaderWidget(column_);
  connect(column_, &QComboBox::currentIndexChanged, this, [this] { due(Distribution); });
  connect(group_, &QComboBox::currentIndexChanged, this, [this] { due(Distribution); });

  kind_ = makeCombo(QStringLiteral("correlationKind"), tr("Kind of correlation"),
                    tr("Pearson: how near to a straight line. Spearman: Pearson's of the ranks, for any rising or falling relation."), 9);
  kind_->addItems({tr("Pearson"), tr("Spearman")});
  panels_.panel(QStringLiteral("panelCorrelation"))->addHeaderWidget(kind_);
  connect(kind_, &QComboBox::currentIndexChanged, this, [this] { due(Correlations); });

  scatterColumns_ = new ColumnChooser(2, 6);
  scatterColumns_->setObjectName(QStringLiteral("scatterColumns"));
  scatterColumns_->setAccessibleName(tr("Columns of the scatter matrix"));
  scatterColumns_->setToolTip(tr("Which columns are drawn against each other: 2 to 6. A click on a cell of the correlations chooses its two."));
  panels_.panel(QStringLiteral("panelScatter"))->addHeaderWidget(scatterColumns_);
  connect(scatterColumns_, &ColumnChooser::chosenChanged, this, [this] { due(Scatter); });

  seriesOf_ = makeCombo(QStringLiteral("seriesSamples"), tr("Series shown"), tr("Which samples are drawn, at most %1").arg(SeriesView::kMostLines), 12);
  seriesOf_->addItem(tr("chosen rows"), QStringLiteral("chosen"));
  seriesOf_->addItem(tr("pinned"), QStringLiteral("pinned"));
  seriesOf_->addItem(tr("first ones"), QStringLiteral("first"));
  seriesFeatures_ = new ColumnChooser(1, static_cast<int>(SeriesView::kMostFeatures));
  seriesFeatures_->setObjectName(QStringLiteral("seriesFeatures"));
  seriesFeatures_->setAccessibleName(tr("Features of the series"));
  seriesFeatures_->setToolTip(tr("Which features are drawn, one below another: 1 to 6"));
  FigurePanel* series = panels_.panel(QStringLiteral("panelSeries"));
  series->addHeaderWidget(seriesFeatures_);
  series->addHeaderWidget(seriesOf_);
  connect(seriesOf_, &QComboBox::currentIndexChanged, this, [this] { due(Series); });
  connect(seriesFeatures_, &ColumnChooser::chosenChanged, this, [this] { due(Series); });

  balanceOf_ = makeCombo(QStringLiteral("balanceOf"), tr("Counts or shares"), tr("Samples of each class, or the class's share within each part, to compare the parts"), 6);
  balanceOf_->addItems({tr("counts"), tr("shares")});
  balanceOrder_ = makeCombo(QStringLiteral("balanceOrder"), tr("Order of classes"), tr("The classes' own order, or the largest first"), 9);
  balanceOrder_->addItems({tr("by class"), tr("largest first")});
  FigurePanel* balance = panels_.panel(QStringLiteral("panelBalance"));
  balance->addHeaderWidget(balanceOrder_);
  balance->addHeaderWidget(balanceOf_);
  connect(balanceOf_, &QComboBox::currentIndexChanged, this, [this](int i) { balance_->setShares(i == 1); });
  connect(balanceOrder_, &QComboBox::currentIndexChanged, this, [this](int i) { balance_->setSorted(i == 1); });
}

void DataWorkspace::fillParts(QComboBox* box) const {
  const QSignalBlocker quiet(box);
  box->clear();
  box->addItem(tr("all parts"));
  if (!table_) return;
  const RowGroups parts = byPart(*table_);
  for (const int key : parts.keys) box->addItem(partName(static_cast<Part>(key)), key);
}

void DataWorkspace::fillClasses(QComboBox* box) const {
  const QSignalBlocker quiet(box);
  box->clear();
  box->addItem(tr("all classes"));
  box->setEnabled(table_ && !table_->classes.empty());
  if (!table_ || table_->classes.empty()) return;
  int c = 0;
  for (const std::string& name : table_->data->spec.classes) box->addItem(QString::fromStdString(name), c++);
}

void DataWorkspace::fillControls() {
  for (QComboBox* box : {rowPart_, imagePart_}) fillParts(box);
  for (QComboBox* box : {rowClass_, imageClass_}) fillClasses(box);
  {
    const QSignalBlocker a(filter_), b(column_), c(group_);
    filter_->clear();
    filterPause_.stop();
    find_->clear();
    column_->clear();
    group_->clear();
    group_->addItem(tr("all rows"), QStringLiteral("all"));
    group_->addItem(tr("by part"), QStringLiteral("part"));
  }
  const bool regression = data_ && data_->spec.task == Task::Regression;
  balanceOf_->setEnabled(!regression);
  balanceOrder_->setEnabled(!regression);
  std::vector<int> numeric, first;
  QStringList names;
  if (table_) {
    const QSignalBlocker b(column_), c(group_);
    for (int k = 0; k < static_cast<int>(table_->table->columns.size()); ++k) {
      const QString name = QString::fromStdString(table_->column(k).name);
      column_->addItem(name, k);
      if (table_->isNumeric(k)) numeric.push_back(k), names << name;
    }
    const auto isNumeric = [this](int k) { return table_->isNumeric(k); };
    for (const int k : table_->features)
      if (isNumeric(k) && first.size() < 4) first.push_back(k);
    if (regression)
      for (const int k : table_->targets)
        if (isNumeric(k) && first.size() < 5) first.push_back(k);
    for (const int k : numeric)
      if (first.size() < 2 && std::find(first.begin(), first.end(), k) == first.end()) first.push_back(k);
    // The first feature to begin with: the target has a panel of its own.
    column_->setCurrentIndex(std::max(0, column_->findData(table_->features.empty() ? 0 : table_->features[0])));
    if (!table_->classes.empty()) {
      group_->addItem(tr("by class"), QStringLiteral("class"));
      group_->setCurrentIndex(2);
    }
  }
  scatterColumns_->setColumns(numeric, names, first);
  std::vector<int> features;
  QStringList featureNames;
  if (data_ && data_->spec.input.rank() == 2)
    for (int f = 0; f < static_cast<int>(std::min<std::int64_t>(data_->spec.input[1], 1000)); ++f) {
      features.push_back(f);
      featureNames << (static_cast<std::size_t>(f) < data_->featureNames.size() ? QString::fromStdString(data_->featureNames[static_cast<std::size_t>(f)]) : tr("feature %1").arg(f + 1));
    }
  seriesFeatures_->setColumns(features, featureNames, std::vector<int>(features.begin(), features.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, features.size()))));
  seriesFeatures_->setEnabled(features.size() > 1);
  const QSignalBlocker quiet(seriesOf_);
  seriesOf_->setCurrentIndex(2);
}

void DataWorkspace::filterRows() {
  RowFilter f;
  f.text = filter_->text().toStdString();
  if (rowPart_->currentData().isValid()) f.part = static_cast<Part>(rowPart_->currentData().toInt());
  if (rowClass_->currentData().isValid()) f.classOf = rowClass_->currentData().toInt();
  rows_->rows()->setFilter(std::move(f));
}

void DataWorkspace::filterGallery() {
  std::optional<Part> part;
  std::optional<std::int32_t> classOf;
  if (imagePart_->currentData().isValid()) part = static_cast<Part>(imagePart_->currentData().toInt());
  if (imageClass_->currentData().isValid()) classOf = imageClass_->currentData().toInt();
  gallery_->setFilter(part, classOf);
}

void DataWorkspace::findImage() {
  bool ok = false;
  const QString text = find_->text().trimmed();
  int number = QLocale().toInt(text, &ok);
  if (!ok) number = text.toInt(&ok);
  if (!ok || !data_ || number < 0 || number >= data_->count())
    return emit document_.said(tr("Images are numbered from 0 to %1.").arg(QLocale().toString(qlonglong(data_ ? data_->count() - 1 : 0))));
  if (gallery_->setCurrent(number)) return gallery_->setFocus();
  emit document_.said(tr("Image %1 is not among those shown: another class or part is chosen.").arg(QLocale().toString(number)));
}

}  // namespace vitrine
