#include "widgets/figure/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

const QString kFolderKey = QStringLiteral("export/folder");

template <class W>
W* named(W* widget, const char* name, const QString& accessible, const QString& tip) {
  widget->setObjectName(QLatin1String(name));
  widget->setAccessibleName(accessible);
  widget->setToolTip(tip);
  return widget;
}

QString fileName(const QString& title) {
  QString name = title.simplified();
  static const QRegularExpression unfit(QStringLiteral("[^\\w\\-. ]+"), QRegularExpression::UseUnicodePropertiesOption);
  name.replace(unfit, QStringLiteral(" "));
  name = name.simplified().replace(QLatin1Char(' '), QLatin1Char('-')).toLower();
  return name.isEmpty() ? QStringLiteral("figure") : name;
}

QString filterOf(FigureFormat format) {
  switch (format) {
    case FigureFormat::Png: return ExportDialog::tr("PNG picture (*.png)");
    case FigureFormat::Svg: return ExportDialog::tr("SVG drawing (*.svg)");
    case FigureFormat::Pdf: return ExportDialog::tr("PDF document (*.pdf)");
    case FigureFormat::Csv: return ExportDialog::tr("CSV table (*.csv)");
  }
  return {};
}

}  // namespace

ExportDialog::ExportDialog(QVector<Figure*> figures, QWidget* parent) : QDialog(parent), figures_(std::move(figures)) {
  setObjectName(QStringLiteral("exportDialog"));
  setWindowTitle(tr("Export figure"));
  build();
  resize(860, 480);
  figureChanged();
  formatChanged();
}

void ExportDialog::build() {
  figure_ = named(new QComboBox(this), "figure", tr("Figure"), tr("The figure to export"));
  for (const Figure* f : figures_) figure_->addItem(f->figureTitle().isEmpty() ? tr("Figure") : f->figureTitle());
  format_ = named(new QComboBox(this), "format", tr("Format"),
                  tr("PNG for slides and the web, PDF or SVG for papers (lines and text stay sharp), CSV for the numbers"));
  for (const char* name : {"PNG", "SVG", "PDF", "CSV"}) format_->addItem(QLatin1String(name));
  preset_ = named(new QComboBox(this), "preset", tr("Width preset"), tr("Column widths that journals ask for"));
  preset_->addItem(tr("Single column, 89 mm"), kSingleColumnMm);
  preset_->addItem(tr("Double column, 183 mm"), kDoubleColumnMm);
  preset_->addItem(tr("Custom"), 0.0);
  const auto length = [this](const char* name, const QString& accessible, const QString& tip) {
    auto* box = named(new QDoubleSpinBox(this), name, accessible, tip);
    box->setRange(10, 1200);
    box->setDecimals(1);
    box->setSuffix(tr(" mm"));
    return box;
  };
  width_ = length("width", tr("Width"), tr("Width on paper, 10 to 1200 mm; typical 89 or 183"));
  height_ = length("height", tr("Height"), tr("Height on paper, 10 to 1200 mm; typical 50 to 120"));
  keepAspect_ = named(new QCheckBox(tr("Keep proportions"), this), "keepAspect", tr("Keep proportions"),
                      tr("The height follows the width"));
  keepAspect_->setChecked(true);
  dpi_ = named(new QSpinBox(this), "dpi", tr("Resolution"), tr("Pixels an inch, 96 to 1000; typical 300 for print"));
  dpi_->setRange(kLeastDpi, kMostDpi);
  dpi_->setSuffix(tr(" dpi"));
  dpi_->setValue(300);
  font_ = named(new QDoubleSpinBox(this), "font", tr("Font size"), tr("Size of the text on paper, 5 to 72 pt; typical 7"));
  font_->setRange(kLeastFontPt, 72);
  font_->setDecimals(1);
  font_->setSingleStep(0.5);
  font_->setSuffix(tr(" pt"));
  font_->setValue(7);
  title_ = named(new QCheckBox(tr("Title above the figure"), this), "title", tr("Title above the figure"),
                 tr("Off where the caption says it"));
  title_->setChecked(true);
  preview_ = named(new QLabel(this), "preview", tr("Preview"), tr("The figure as it will be written"));
  preview_->setAlignment(Qt::AlignCenter);
  preview_->setMinimumSize(320, 260);
  preview_->setWordWrap(true);
  preview_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
  pixels_ = named(new QLabel(this), "pixels", tr("Size of the result"), tr("Size of the result"));
  pixels_->setProperty("role", QStringLiteral("secondary"));
  pixels_->setWordWrap(true);
  message_ = named(new QLabel(this), "message", tr("Outcome"), tr("What the last save did"));
  message_->setWordWrap(true);
  message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  save_ = named(new QPushButton(tr("Save…"), this), "save", tr("Save"), tr("Chooses a file and writes it"));
  save_->setDefault(true);
  copy_ = named(new QPushButton(tr("Copy"), this), "copy", tr("Copy to clipboard"), tr("Puts the picture, or for CSV the numbers, on the clipboard"));
  auto* close = named(new QPushButton(tr("Close"), this), "close", tr("Close"), tr("Closes this dialog"));
  close->setAutoDefault(false);
  copy_->setAutoDefault(false);

  auto* form = new QFormLayout;
  form->setLabelAlignment(Qt::AlignRight);
  form->addRow(tr("Figure"), figure_);
  form->addRow(tr("Format"), format_);
  form->addRow(tr("Size"), preset_);
  form->addRow(tr("Width"), width_);
  form->addRow(tr("Height"), height_);
  form->addRow({}, keepAspect_);
  form->addRow(tr("Resolution"), dpi_);
  form->addRow(tr("Font"), font_);
  form->addRow({}, title_);
  auto* left = new QVBoxLayout;
  left->addLayout(form);
  left->addWidget(pixels_);
  left->addStretch();
  left->addWidget(message_);
  auto* middle = new QHBoxLayout;
  middle->addLayout(left, 2);
  middle->addWidget(preview_, 3);
  auto* buttons = new QHBoxLayout;
  buttons->addStretch();
  for (QPushButton* b : {copy_, close, save_}) buttons->addWidget(b);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(middle, 1);
  layout->addLayout(buttons);

  connect(figure_, &QComboBox::currentIndexChanged, this, &ExportDialog::figureChanged);
  connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChanged);
  connect(preset_, &QComboBox::currentIndexChanged, this, [this] {
    chosen_ = true;
    sizePresetChanged();
  });
  connect(width_, &QDoubleSpinBox::valueChanged, this, [this] { chosen_ = true; });
  connect(width_, &QDoubleSpinBox::valueChanged, this, &ExportDialog::widthChanged);
  connect(height_, &QDoubleSpinBox::valueChanged, this, [this] {
    if (!keepAspect_->isChecked()) aspect_ = width_->value() / height_->value();
    refreshPreview();
  });
  connect(keepAspect_, &QCheckBox::toggled, this, [this](bool on) {
    height_->setEnabled(!on && format_->currentIndex() != static_cast<int>(FigureFormat::Csv));
    if (on) widthChanged();
  });
  height_->setEnabled(false);
  connect(dpi_, &QSpinBox::valueChanged, this, &ExportDialog::refreshPreview);
  // The height of what flows follows from these too.
  connect(font_, &QDoubleSpinBox::valueChanged, this, &ExportDialog::widthChanged);
  connect(title_, &QCheckBox::toggled, this, &ExportDialog::widthChanged);
  connect(save_, &QPushButton::clicked, this, &ExportDialog::chooseFile);
  connect(close, &QPushButton::clicked, this, &QDialog::reject);
  connect(copy_, &QPushButton::clicked, this, [this] {
    if (!figure()) return;
    if (request().format == FigureFormat::Csv)
      copyFigureData(*figure());
    else
      copyFigure(*figure(), request());
    tell(tr("Copied to the clipboard."), false);
  });
}

Figure* ExportDialog::figure() const {
  const int i = figure_->currentIndex();
  return i >= 0 && i < figures_.size() ? figures_[i] : nullptr;
}

bool ExportDialog::flows() const { return figure() && !figure()->isEmpty() && figure()->heightFor(100, FigureStyle::forPrint()) > 0; }

void ExportDialog::selectFigure(Figure* figure) { figure_->setCurrentIndex(static_cast<int>(figures_.indexOf(figure))); }

void ExportDialog::setFormat(FigureFormat format) { format_->setCurrentIndex(static_cast<int>(format)); }

ExportRequest ExportDialog::request() const {
  ExportRequest r;
  r.format = static_cast<FigureFormat>(format_->currentIndex());
  r.widthMm = width_->value();
  r.heightMm = height_->value();
  r.dpi = dpi_->value();
  r.fontPt = font_->value();
  r.title = title_->isChecked();
  return r;
}

void ExportDialog::figureChanged() {
  const bool any = figure() && !figure()->isEmpty();
  save_->setEnabled(any);
  copy_->setEnabled(any);
  if (!figure()) {
    tell(tr("There is no figure to export yet."), true);
    return;
  }
  const QSizeF mm = figure()->preferredMm();
  aspect_ = mm.width() / mm.height();
  const QSignalBlocker block(width_), same(preset_);
  // The width that the figure is made for, until another is chosen.
  if (!chosen_) preset_->setCurrentIndex(mm.width() > (kSingleColumnMm + kDoubleColumnMm) / 2 ? 1 : 0);
  if (preset_->currentData().toDouble() == 0) width_->setValue(mm.width());
  sizePresetChanged();
  tell(any ? QString() : tr("This figure is still empty: there is nothing to export."), !any);
}

void ExportDialog::sizePresetChanged() {
  const double preset = preset_->currentData().toDouble();
  if (preset > 0) {
    const QSignalBlocker block(width_);
    width_->setValue(preset);
  }
  widthChanged();
}

void ExportDialog::widthChanged() {
  {
    const QSignalBlocker a(preset_), b(height_);
    const double w = width_->value();
    preset_->setCurrentIndex(w == kSingleColumnMm ? 0 : w == kDoubleColumnMm ? 1 : 2);
    if (keepAspect_->isChecked()) height_->setValue(flows() ? std::ceil(10 * pageHeightMm(*figure(), w, font_->value(), title_->isChecked())) / 10 : w / aspect_);
  }
  refreshPreview();
}

void ExportDialog::formatChanged() {
  const bool drawn = request().format != FigureFormat::Csv;
  for (QWidget* w : {static_cast<QWidget*>(preset_), static_cast<QWidget*>(width_), static_cast<QWidget*>(font_),
                     static_cast<QWidget*>(title_), static_cast<QWidget*>(keepAspect_)})
    w->setEnabled(drawn);
  height_->setEnabled(drawn && !keepAspect_->isChecked());
  dpi_->setEnabled(request().format == FigureFormat::Png);
  refreshPreview();
}

void ExportDialog::refreshPreview() {
  const Figure* f = figure();
  if (!f || f->isEmpty()) {
    preview_->setPixmap({});
    pixels_->clear();
    return;
  }
  ExportRequest r = request();
  if (r.format == FigureFormat::Csv) {
    const FigureTable table = f->figureData();
    const QLocale locale;
    const QString size = tr("%1 rows, %2 columns").arg(locale.toString(table.rows.size()), locale.toString(table.columns.size()));
    pixels_->setText(f->dataNote().isEmpty() ? size : size + QStringLiteral(". ") + f->dataNote());
    FigureTable head{table.columns.mid(0, 6), {}};
    for (qsizetype i = 0; i < std::min<qsizetype>(table.rows.size(), 12); ++i) head.rows.push_back(table.rows[i].mid(0, 6));
    preview_->setText(QString::fromUtf8(toCsv(head)) + (table.rows.size() > 12 ? QStringLiteral("…") : QString()));
    return;
  }
  const QLocale locale;
  const QString paper = tr("%1 × %2 mm").arg(locale.toString(r.widthMm, 'f', 1), locale.toString(r.heightMm, 'f', 1));
  pixels_->setText(r.format == FigureFormat::Png
                       ? tr("%1 × %2 pixels on %3")
                             .arg(locale.toString(std::lround(r.widthMm / 25.4 * r.dpi)), locale.toString(std::lround(r.heightMm / 25.4 * r.dpi)), paper)
                       : tr("Vector drawing, %1, text as text").arg(paper));
  const double ratio = devicePixelRatioF();
  const QSizeF room = QSizeF(preview_->size()) * ratio;
  r.dpi = std::max(20, static_cast<int>(std::min(room.width() / r.widthMm, room.height() / r.heightMm) * 25.4));
  QPixmap pixmap = QPixmap::fromImage(renderFigure(*f, r));
  pixmap.setDevicePixelRatio(ratio);
  preview_->setPixmap(pixmap);
}

void ExportDialog::resizeEvent(QResizeEvent* event) {
  QDialog::resizeEvent(event);
  refreshPreview();
}

void ExportDialog::chooseFile() {
  if (!figure()) return;
  const FigureFormat format = request().format;
  QSettings settings;
  const QString folder = settings.value(kFolderKey, QDir::homePath()).toString();
  const QString proposed = QDir(folder).filePath(fileName(figure()->figureTitle()) + QLatin1Char('.') + extensionOf(format));
  QString path = QFileDialog::getSaveFileName(this, tr("Save figure"), proposed, filterOf(format));
  if (path.isEmpty()) return;
  if (QFileInfo(path).suffix().isEmpty()) path += QLatin1Char('.') + extensionOf(format);
  saveTo(path);
}

bool ExportDialog::saveTo(const QString& path) {
  if (!figure()) return false;
  ExportRequest r = request();
  r.path = path;
  if (const Status status = exportFigure(*figure(), r); !status) {
    tell(QString::fromStdString(status.error().text()), true);
    return false;
  }
  QSettings().setValue(kFolderKey, QFileInfo(path).absolutePath());
  const QString done = tr("Saved %1").arg(QDir::toNativeSeparators(path)), left = r.format == FigureFormat::Csv ? figure()->dataNote() : QString();
  tell(left.isEmpty() ? done : done + QStringLiteral(". ") + left, false);
  emit saved(path);
  return true;
}

void ExportDialog::tell(const QString& text, bool error) {
  message_->setText(text);
  QPalette palette = message_->palette();
  palette.setColor(QPalette::WindowText, error ? theme().error : theme().text);
  message_->setPalette(palette);
}

}  // namespace vitrine
