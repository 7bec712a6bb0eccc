#include "app/image_import_dialog.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>
#include <map>

#include "widgets/data/recipe_form.h"
#include "widgets/data/sample_preview.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/forms/param_form.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr std::size_t kShown = 12;

QString shown(const std::string& text) { return QString::fromStdString(text); }

/// Whether the file must be read again for this change.
bool readsAgain(const ImagePlan& a, const ImagePlan& b) { return a.height != b.height || a.width != b.width || a.fit != b.fit || a.grey != b.grey || a.layout != b.layout; }

/// Training samples to look at: the first of each class, then others in order.
std::vector<std::int32_t> samplesToShow(const Dataset& d) {
  std::vector<std::int32_t> rows;
  std::map<std::int32_t, int> met;
  for (int most = 1; rows.size() < kShown && most <= static_cast<int>(kShown); ++most)
    for (const std::int32_t r : d.train) {
      if (rows.size() == kShown || rows.size() == d.train.size()) break;
      const std::int32_t key = d.classes.empty() ? 0 : d.classes[static_cast<std::size_t>(r)];
      if (std::find(rows.begin(), rows.end(), r) == rows.end() && met[key] < most) ++met[key], rows.push_back(r);
    }
  return rows;
}

}  // namespace

ImageImportDialog::ImageImportDialog(const QString& path, QWidget* parent) : QDialog(parent), path_(path) {
  build();
  setWindowTitle(tr("Open %1").arg(QFileInfo(path).fileName()));
  refresh(true);
}

ImageImportDialog::ImageImportDialog(DatasetPtr data, QWidget* parent) : QDialog(parent), path_(shown(data->source.path)), set_(data->images) {
  past_.begin(data->recipe);
  begun_ = true;
  build();
  setWindowTitle(tr("Preparation of %1").arg(shown(data->name)));
  showRecipe();
  refresh(false);
}

ImageImportDialog::~ImageImportDialog() {
  ++serial_;
  worker_ = {};
}

void ImageImportDialog::build() {
  setObjectName(QStringLiteral("imageImportDialog"));
  resize(1000, 660);
  preview_ = new SamplePreview;
  preview_->setObjectName(QStringLiteral("importSamples"));
  preview_->setPlaceholder(tr("Some of the samples are shown here once they are read."));
  auto* panel = new FigurePanel(tr("Samples"), preview_, nullptr);
  panel->setCanHide(false);
  form_ = new RecipeForm;
  images_ = new ParamForm;
  images_->setObjectName(QStringLiteral("importImages"));
  const auto scrolled = [](QWidget* w) {
    auto* area = new QScrollArea;
    area->setWidget(w);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return area;
  };
  auto* tabs = new QTabWidget;
  tabs->setObjectName(QStringLiteral("importTabs"));
  tabs->addTab(scrolled(images_), tr("Images"));
  tabs->addTab(scrolled(form_), tr("Split"));
  tabs->setMinimumWidth(320);
  auto* both = new QSplitter;
  both->addWidget(panel);
  both->addWidget(tabs);
  both->setStretchFactor(0, 1);
  both->setSizes({640, 340});
  both->setChildrenCollapsible(false);
  message_ = new QLabel;
  message_->setObjectName(QStringLiteral("importMessage"));
  warning_ = new QLabel;
  warning_->setObjectName(QStringLiteral("importWarning"));
  for (QLabel* l : {message_, warning_}) l->setWordWrap(true), l->setTextInteractionFlags(Qt::TextSelectableByMouse);
  warning_->hide();
  progress_ = new QProgressBar;
  progress_->setRange(0, 1000);
  progress_->setMaximumWidth(160);
  progress_->hide();
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  use_ = buttons->addButton(tr("Use this data"), QDialogButtonBox::AcceptRole);
  use_->setObjectName(QStringLiteral("importUse"));
  use_->setDefault(true);
  use_->setEnabled(false);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* texts = new QVBoxLayout;
  texts->addWidget(message_);
  texts->addWidget(warning_);
  auto* foot = new QHBoxLayout;
  foot->addLayout(texts, 1);
  foot->addWidget(progress_);
  foot->addWidget(buttons);
  auto* column = new QVBoxLayout(this);
  column->addWidget(both, 1);
  column->addLayout(foot);
  connect(form_, &RecipeForm::changed, this, &ImageImportDialog::change);
  connect(images_, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool final) {
    if (!final) return;
    Recipe r = past_.now();
    Params values = imageParamsOf(r.images);
    values[id.toStdString()] = value;
    r.images = imagePlanOf(values);
    change(std::move(r));
  });
  connect(new QShortcut(QKeySequence::Undo, this), &QShortcut::activated, this, [this] { travel(-1); });
  connect(new QShortcut(QKeySequence::Redo, this), &QShortcut::activated, this, [this] { travel(1); });
}

void ImageImportDialog::change(Recipe recipe) {
  if (!begun_ || recipe == past_.now()) return;
  const bool read = !set_ || readsAgain(recipe.images, past_.now().images);
  past_.push(std::move(recipe));
  showRecipe();
  refresh(read);
}

void ImageImportDialog::travel(int by) {
  const ImagePlan before = past_.now().images;
  if (!begun_ || !past_.travel(by)) return;
  showRecipe();
  refresh(!set_ || readsAgain(before, past_.now().images));
}

void ImageImportDialog::refresh(bool read) {
  const std::uint64_t serial = ++serial_;
  data_ = nullptr;
  use_->setEnabled(false);
  message_->setText(read ? tr("Reading…") : tr("Preparing…"));
  progress_->setValue(0);
  progress_->setVisible(read);
  worker_ = std::jthread([this, serial, read, begun = begun_, recipe = past_.now(), set = set_, path = path_.toStdString()](std::stop_token stop) mutable {
    Outcome out;
    const Progress progress = [&](double share) {
      QMetaObject::invokeMethod(this, [this, serial, share] {
        if (serial == serial_) progress_->setValue(int(share * 1000));
      }, Qt::QueuedConnection);
    };
    if (read) {
      // Small files live in the project: their bytes are at hand, whatever became of the file.
      const Result<ImageSetPtr> fresh = set && set->bytes ? readImageBytes(*set->bytes, set->source.kind, std::filesystem::path(path).filename().string(), recipe.images)
                                                          : readImages(path, recipe.images, stop, progress);
      if (!fresh) {
        out.data = fresh.error();
      } else if (set && set->bytes) {
        auto own = std::make_shared<ImageSet>(**fresh);
        own->source = set->source;
        out.set = own;
      } else {
        out.set = *fresh;
      }
    }
    if (out.set) {
      set = out.set;
      if (!begun) recipe = defaultRecipe(*set);
      recipe.images.height = set->plan.height, recipe.images.width = set->plan.width;
    }
    if (out.data.ok()) out.data = prepareImages(set, recipe);
    if (out.data.ok()) out.findings = findLeaks(**out.data, stop);
    out.recipe = std::move(recipe);
    if (stop.stop_requested()) return;
    QMetaObject::invokeMethod(this, [this, serial, out = std::move(out)] {
      if (serial == serial_) finish(out);
    }, Qt::QueuedConnection);
  });
}

void ImageImportDialog::finish(const Outcome& out) {
  progress_->hide();
  if (out.set) {
    set_ = out.set;
    if (begun_)
      past_.amend(out.recipe);
    else
      past_.begin(out.recipe), begun_ = true;
    showRecipe();
  }
  QPalette palette = message_->palette();
  palette.setColor(QPalette::WindowText, out.data ? theme().text : theme().error);
  message_->setPalette(palette);
  warning_->setVisible(out.data.ok() && !out.findings.empty());
  if (!out.data) {
    preview_->setData({});
    return message_->setText(shown(out.data.error().text()));
  }
  data_ = *out.data;
  message_->setText(summary());
  QStringList lines;
  for (const Finding& f : out.findings) lines << QStringLiteral("⚠ ") + shown(f.text);
  QPalette amber = warning_->palette();
  amber.setColor(QPalette::WindowText, theme().warning);
  warning_->setPalette(amber);
  warning_->setText(lines.join(QLatin1Char('\n')));
  use_->setEnabled(true);
  showSamples();
}

void ImageImportDialog::showRecipe() {
  if (!set_) return;
  form_->showForImages(!set_->parts.empty());
  form_->setRecipe(past_.now());
  // What a file of one size and kind leaves open.
  std::vector<Param> wanted;
  const bool folder = set_->source.kind == "folder", arrays = set_->source.kind.starts_with("np");
  static const std::vector<std::string> ofFolders{"height", "width", "fit", "grey"};
  for (const Param& p : imageParams()) {
    const bool folders = std::find(ofFolders.begin(), ofFolders.end(), p.id) != ofFolders.end();
    const bool always = p.id == "scaling";
    if (folders ? folder : p.id == "layout" ? arrays : always || set_->shape.isImage()) wanted.push_back(p);
  }
  images_->setParams(wanted, imageParamsOf(past_.now().images));
}

void ImageImportDialog::showSamples() {
  const Dataset& d = *data_;
  PreviewData p;
  p.title = tr("Samples of %1").arg(shown(d.name));
  p.series = !d.spec.input.isImage();
  p.range = {d.low, d.high};
  const std::vector<std::int32_t> rows = samplesToShow(d);
  const bool changed = d.recipe.images.augment.any() && d.spec.input.isImage();
  const std::size_t size = static_cast<std::size_t>(d.inputs.size());
  std::vector<Real> room, after(size), raw(size);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = static_cast<std::size_t>(rows[i]);
    PreviewSample s;
    s.label = !d.classes.empty() ? shown(d.spec.classes[static_cast<std::size_t>(d.classes[row])])
              : !d.targets.empty() ? QLocale().toString(double(d.targets[row * static_cast<std::size_t>(d.spec.outputs)]), 'g', 4) : QString();
    s.height = int(d.spec.input[0]), s.width = int(d.spec.input[1]);
    if (!p.series) s.channels = int(d.spec.input[2]);
    s.before = rawInput(d, rows[i]);
    if (changed) {
      gatherTraining(d, {&rows[i], 1}, 1, 0, std::int64_t(i), room, after.data());
      inputsInUnits(d, 1, after.data(), raw.data());
      s.after = raw;
    }
    p.samples.push_back(std::move(s));
  }
  preview_->setData(std::move(p));
}

QString ImageImportDialog::summary() const {
  const Dataset& d = *data_;
  const QLocale locale;
  QStringList parts;
  parts << tr("%1 samples to train, %2 to validate, %3 to test.").arg(locale.toString(qlonglong(d.train.size())), locale.toString(qlonglong(d.validation.size())), locale.toString(qlonglong(d.test.size())));
  const QString what = shown(d.spec.input.text());
  if (d.spec.task == Task::Classification)
    parts << tr("Each is %1 and has one of %2 classes.").arg(what).arg(d.spec.outputs);
  else if (d.spec.task == Task::Labels)
    parts << tr("Each is %1 and has any of %2 labels.").arg(what).arg(d.spec.outputs);
  else
    parts << tr("Each is %1 and predicts %2.").arg(what, shown(d.targetName));
  for (const std::string& note : d.notes) parts << shown(note);
  return parts.join(QLatin1Char(' '));
}

}  // namespace vitrine
