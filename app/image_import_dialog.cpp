#include "app/image_import_dialog.h"

#include <QFileInfo>
#include <QLocale>
#include <map>

#include "widgets/data/recipe_form.h"
#include "widgets/data/sample_preview.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/figure/paint.h"
#include "widgets/forms/param_form.h"

namespace vitrine {
namespace {

constexpr std::size_t kShown = 12;

QString shown(const std::string& text) { return QString::fromStdString(text); }

/// Whether the file must be read again for this change.
bool readsAgain(const ImagePlan& a, const ImagePlan& b) { return a.height != b.height || a.width != b.width || a.fit != b.fit || a.grey != b.grey || a.ground != b.ground || a.takeDamaged != b.takeDamaged || a.layout != b.layout; }

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

ImageImportDialog::ImageImportDialog(const QString& path, QWidget* parent) : ImportBase(parent), path_(path) {
  build();
  setWindowTitle(tr("Open %1").arg(QFileInfo(path).fileName()));
  refresh(true);
}

ImageImportDialog::ImageImportDialog(DatasetPtr data, QWidget* parent) : ImportBase(parent), path_(shown(data->source.path)), set_(data->images) {
  past_.begin(data->recipe);
  begun_ = true;
  build();
  setWindowTitle(tr("Preparation of %1").arg(shown(data->name)));
  showRecipe();
  refresh(false);
}

void ImageImportDialog::build() {
  setObjectName(QStringLiteral("imageImportDialog"));
  fit({1000, 660});
  preview_ = new SamplePreview;
  preview_->setObjectName(QStringLiteral("importSamples"));
  preview_->setPlaceholder(tr("Some of the samples are shown here once they are read."));
  auto* panel = new FigurePanel(tr("Samples"), preview_, nullptr);
  panel->setCanHide(false);
  form_ = new RecipeForm;
  images_ = new ParamForm;
  images_->setObjectName(QStringLiteral("importImages"));
  layOut(nullptr, panel, {{images_, tr("Images")}, {form_, tr("Split")}}, {640, 340});
  connect(form_, &RecipeForm::changed, this, &ImageImportDialog::change);
  connect(images_, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool final) {
    if (!final) return;
    Recipe r = past_.now();
    Params values = imageParamsOf(r.images);
    values[id.toStdString()] = value;
    r.images = imagePlanOf(values);
    change(std::move(r));
  });
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
  start(read, [this, read, begun = begun_, recipe = past_.now(), set = set_, path = path_.toStdString()](std::stop_token stop, const Progress& progress) mutable {
    Outcome out;
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
    return [this, out = std::move(out)] { finish(out); };
  });
}

void ImageImportDialog::finish(const Outcome& out) {
  if (out.set) {
    set_ = out.set;
    settle(out.recipe);
    showRecipe();
  }
  if (!out.data) {
    preview_->setData({});
    return showFault(out.data.error());
  }
  showData(*out.data, summary(**out.data), out.findings);
  showSamples();
}

void ImageImportDialog::showRecipe() {
  if (!set_) return;
  form_->showForImages(!set_->parts.empty());
  form_->setRecipe(past_.now());
  // What a file of one size and kind leaves open.
  std::vector<Param> wanted;
  const bool folder = set_->source.kind == "folder", arrays = set_->source.kind.starts_with("np");
  static const std::vector<std::string> ofFolders{"height", "width", "fit", "grey", "ground", "take_damaged"};
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
              : !d.targets.empty() ? numberText(d.targets[row * static_cast<std::size_t>(d.spec.outputs)]) : QString();
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

QString ImageImportDialog::summary(const Dataset& d) const {
  const QLocale locale;
  QStringList parts;
  parts << tr("%1 samples to train, %2 to validate, %3 to test.").arg(locale.toString(qlonglong(d.train.size())), locale.toString(qlonglong(d.validation.size())), locale.toString(qlonglong(d.test.size())));
  const QString what = shown(d.spec.input.text());
  if (d.spec.task == Task::Classification)
    parts << tr("Each is %1 and has one of %2 classes.").arg(what, locale.toString(d.spec.outputs));
  else if (d.spec.task == Task::Labels)
    parts << tr("Each is %1 and has any of %2 labels.").arg(what, locale.toString(d.spec.outputs));
  else
    parts << tr("Each is %1 and predicts %2.").arg(what, shown(d.targetName));
  for (const std::string& note : d.notes) parts << shown(note);
  return parts.join(QLatin1Char(' '));
}

}  // namespace vitrine
