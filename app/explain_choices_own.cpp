// Samples of one's own: drawn, loaded from a picture file, or an edited row.
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImageReader>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <charconv>

#include "app/explain_choices.h"
#include "app/panels.h"
#include "core/train/outputs.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {
QWidget* ExplainChoices::buildOwn() {
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  auto* row = new QHBoxLayout;
  row->setSpacing(2);
  canvasToggle_ = flatButton(QStringLiteral("explainDraw"), tr("draw"), tr("Opens a page to draw a sample of your own on (Ctrl+Shift+D)"));
  canvasToggle_->setCheckable(true);
  load_ = flatButton(QStringLiteral("explainLoad"), tr("load image…"), tr("A picture file, brought to the size of the network's input"));
  edit_ = flatButton(QStringLiteral("explainEdit"), tr("edit a row"), tr("A row of your own, with the network's answer while you type"));
  edit_->setCheckable(true);
  clearOwn_ = flatButton(QStringLiteral("explainClearOwn"), tr("remove own"), tr("Takes drawn, loaded and edited samples off the wall"));
  for (QToolButton* b : {canvasToggle_, load_, edit_}) row->addWidget(b);
  row->addStretch(1);
  column->addLayout(row);
  column->addWidget(clearOwn_, 0, Qt::AlignLeft);
  canvasBox_ = new QWidget;
  auto* page = new QVBoxLayout(canvasBox_);
  page->setContentsMargins(0, 0, 0, 0);
  page->setSpacing(2);
  canvas_ = new DrawCanvas;
  canvas_->setObjectName(QStringLiteral("explainCanvas"));
  auto* clear = flatButton(QStringLiteral("explainCanvasClear"), tr("clear"), tr("A blank page"));
  page->addWidget(canvas_);
  page->addWidget(clear, 0, Qt::AlignRight);
  canvasBox_->hide();
  column->addWidget(canvasBox_);
  rowForm_ = new ParamForm;
  rowForm_->setObjectName(QStringLiteral("explainRowForm"));
  QScrollArea* area = scrolled(rowForm_, 110);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setMaximumHeight(260);
  rowBox_ = area;
  rowBox_->hide();
  column->addWidget(rowBox_);
  prediction_ = new QLabel;
  prediction_->setObjectName(QStringLiteral("explainRowPrediction"));
  prediction_->setWordWrap(true);
  prediction_->hide();
  column->addWidget(prediction_);
  message_ = new QLabel;
  message_->setObjectName(QStringLiteral("explainMessage"));
  message_->setWordWrap(true);
  message_->setProperty("role", QStringLiteral("secondary"));
  message_->hide();
  column->addWidget(message_);

  connect(canvasToggle_, &QToolButton::toggled, canvasBox_, &QWidget::setVisible);
  connect(canvas_, &DrawCanvas::drawn, this, &ExplainChoices::addDrawn);
  connect(canvas_, &DrawCanvas::fileDropped, this, &ExplainChoices::loadImage);
  connect(clear, &QToolButton::clicked, canvas_, &DrawCanvas::clear);
  connect(load_, &QToolButton::clicked, this, &ExplainChoices::chooseImage);
  connect(clearOwn_, &QToolButton::clicked, this, &ExplainChoices::removeOwn);
  connect(edit_, &QToolButton::toggled, this, [this](bool on) {
    rowBox_->setVisible(on);
    prediction_->setVisible(on);
    const std::vector<ExplainSample> all = samples();
    if (on && edited_.empty() && !all.empty()) editFrom(all[std::min(all.size() - 1, static_cast<std::size_t>(std::max(0, chosen_)))]);
  });
  connect(rowForm_, &ParamForm::changed, this, &ExplainChoices::rowEdited);
  return box;
}

void ExplainChoices::addDrawn() {
  if (!data_ || !data_->spec.input.isImage()) return;
  std::erase_if(own_, [this](const ExplainSample& s) { return s.name == tr("drawn"); });
  if (!canvas_->isBlank()) own_.push_back(sampleOfImage(*data_, tr("drawn"), canvas_->image()));
  clearOwn_->setVisible(!own_.empty());
  emit samplesChanged();
  if (!canvas_->isBlank()) emit ownAdded(static_cast<int>(rows_.size() + own_.size()) - 1);
}

void ExplainChoices::showCanvas() {
  if (!data_ || !data_->spec.input.isImage()) return say(tr("Drawing is for image data."));
  canvasToggle_->setChecked(true);
  canvas_->setFocus();
}

void ExplainChoices::chooseImage() {
  if (!data_ || !data_->spec.input.isImage()) return say(tr("Image files are for image data."));
  auto* dialog = new QFileDialog(this, tr("Load an image"), QSettings().value(QStringLiteral("imageFolder")).toString(), tr("Images (*.png *.jpg *.jpeg *.bmp *.gif *.ppm *.svg)"));
  dialog->setObjectName(QStringLiteral("explainImageDialog"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    QSettings().setValue(QStringLiteral("imageFolder"), QFileInfo(path).absolutePath());
    loadImage(path);
  });
  dialog->open();
}

void ExplainChoices::loadImage(const QString& path) {
  if (!data_ || !data_->spec.input.isImage()) return say(tr("Image files are for image data."));
  QImageReader reader(path);
  reader.setAutoTransform(true);
  // A file may claim any size; Qt's own limit (256 MB) holds, and what is far larger than the input is read smaller.
  if (const QSize size = reader.size(); size.isValid() && std::max(size.width(), size.height()) > 4096) reader.setScaledSize(size.scaled(4096, 4096, Qt::KeepAspectRatio));
  const QImage image = reader.read();
  const QString name = QFileInfo(path).fileName();
  if (image.isNull()) return say(tr("%1: %2").arg(name, reader.errorString()));
  say({});
  own_.push_back(sampleOfImage(*data_, name, image));
  clearOwn_->show();
  const QSize input(static_cast<int>(data_->spec.input[1]), static_cast<int>(data_->spec.input[0]));
  if (image.size().scaled(input, Qt::KeepAspectRatio) != input) {
    const auto size = [](QSize s) { return tr("%1 × %2").arg(QLocale().toString(s.width()), QLocale().toString(s.height())); };
    emit document_.said(tr("%1 is %2 pixels, the network's input %3: its shape is kept, with black bars beside it.").arg(name, size(image.size()), size(input)));
  }
  emit samplesChanged();
  emit ownAdded(static_cast<int>(rows_.size() + own_.size()) - 1);
}

void ExplainChoices::removeOwn() {
  if (own_.empty()) return;
  own_.clear();
  edited_.clear();
  edit_->setChecked(false);
  clearOwn_->hide();
  const QSignalBlocker quiet(canvas_);
  canvas_->clear();
  emit samplesChanged();
}

namespace {

/// The double that reads as the float does: 4.9, not 4.900000095.
double asWritten(float value) {
  std::array<char, 32> text;
  const char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  double read = value;
  std::from_chars(text.data(), end, read);
  return read;
}

}  // namespace

void ExplainChoices::editFrom(const ExplainSample& sample) {
  if (groups_.empty()) return;
  edited_ = sample.raw;
  std::vector<Param> described;
  Params values;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const FeatureGroup& group = groups_[g];
    Param p;
    p.id = QStringLiteral("f%1").arg(g).toStdString();
    p.label = group.name.toStdString();
    if (group.categories.isEmpty()) {
      p.help = tr("In the column's own units").toStdString();
      p.fallback = 0.0;
      p.low = -1e30, p.high = 1e30;
      values[p.id] = data_->inputs.isWide(group.members.front()) ? edited_[static_cast<std::size_t>(group.members.front())] : asWritten(static_cast<float>(edited_[static_cast<std::size_t>(group.members.front())]));
    } else {
      p.help = tr("One of the column's categories").toStdString();
      int at = 0;
      for (int k = 0; k < static_cast<int>(group.members.size()); ++k) {
        p.choices.push_back({std::to_string(k), group.categories.value(k).toStdString()});
        if (edited_[static_cast<std::size_t>(group.members[static_cast<std::size_t>(k)])] > 0.5) at = k;
      }
      p.fallback = std::string("0");
      values[p.id] = std::to_string(at);
    }
    described.push_back(std::move(p));
  }
  rowForm_->setParams(described, values);
  // The form must be no wider than the column it stands in: long names of columns take two lines, and what cannot be broken is read in the tip.
  for (const Param& p : described)
    if (auto* label = rowForm_->findChild<QLabel*>(QStringLiteral("label_") + fromCore(p.id))) {
      label->setWordWrap(true);
      label->setMinimumWidth(std::min(label->fontMetrics().horizontalAdvance(label->text()) + 2, 90));
      label->setToolTip(label->text());
    }
  // All fields of a small table are in sight; of a larger one as many as leave room for the gallery.
  rowBox_->setMinimumHeight(std::clamp(rowForm_->sizeHint().height(), 110, rowBox_->maximumHeight()));
  rowEdited();
}

void ExplainChoices::rowEdited() {
  if (!data_ || edited_.empty()) return;
  const Params values = rowForm_->values();
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto it = values.find(QStringLiteral("f%1").arg(g).toStdString());
    if (it == values.end()) continue;
    if (const double* number = std::get_if<double>(&it->second))
      edited_[static_cast<std::size_t>(groups_[g].members.front())] = *number;
    else if (const std::string* choice = std::get_if<std::string>(&it->second))
      for (std::size_t k = 0; k < groups_[g].members.size(); ++k) edited_[static_cast<std::size_t>(groups_[g].members[k])] = std::to_string(k) == *choice ? 1 : 0;
  }
  std::erase_if(own_, [this](const ExplainSample& s) { return s.name == tr("edited row"); });
  own_.push_back(sampleOfRaw(*data_, tr("edited row"), edited_));
  clearOwn_->show();
  tellPrediction();
  emit samplesChanged();
}

void ExplainChoices::tellPrediction() {
  if (!data_ || edited_.empty()) return;
  const auto row = std::find_if(own_.begin(), own_.end(), [this](const ExplainSample& s) { return s.name == tr("edited row"); });
  if (row == own_.end()) return;
  // One row is a matter of microseconds, so the answer is there as one types.
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  if (s && s->state && s->network && s->data == data_ && s->network->data().input == data_->spec.input) {
    const std::vector<Real> p = predictions(*s, row->input, 1);
    QStringList parts;
    const bool shares = outputReading(*s->network) != OutputReading::Plain;
    for (std::size_t k = 0; k < p.size() && k < 6; ++k)
      parts << (k < data_->spec.classes.size() ? fromCore(data_->spec.classes[k]) + QLatin1Char(' ') + (shares ? percentText(static_cast<double>(p[k])) : numberText(static_cast<double>(p[k])))
                                               : fromCore(data_->targetName) + QLatin1Char(' ') + numberText(static_cast<double>(p[k])));
    prediction_->setText(parts.join(QStringLiteral(" · ")));
  }
}

}  // namespace vitrine
