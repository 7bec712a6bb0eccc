#include "app/explain_choices.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/panels.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"
#include "widgets/forms/name_combo.h"

namespace vitrine {
namespace {

constexpr int kPage = 60;
constexpr std::size_t kMostChosen = 24;

/// A combo that may be narrower than its longest entry.
QComboBox* narrowCombo(const QString& name, const QString& label, const QString& tip, int letters) {
  auto* box = new NameCombo;
  box->setObjectName(name);
  box->setAccessibleName(label);
  box->setToolTip(tip);
  box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  box->setMinimumContentsLength(letters);
  return box;
}

enum Filter { All, Mistakes, Chosen };

}  // namespace

QToolButton* ExplainChoices::flatButton(const QString& name, const QString& text, const QString& tip) {
  auto* b = new QToolButton;
  b->setObjectName(name);
  b->setText(text);
  b->setAccessibleName(text);
  b->setToolTip(tip);
  b->setProperty("flat", true);
  return b;
}

ExplainChoices::ExplainChoices(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
  build();
  connect(&document_, &Document::dataChanged, this, &ExplainChoices::restart);
  connect(&document_, &Document::edited, this, &ExplainChoices::refreshPinned);
  restart();
}

void ExplainChoices::build() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  search_ = new QLineEdit;
  search_->setObjectName(QStringLiteral("explainSearch"));
  search_->setPlaceholderText(tr("class, index, mistakes…"));
  search_->setAccessibleName(tr("Which samples to show"));
  search_->setToolTip(tr("A class' name, a sample's number, or 'mistakes'; several words must all fit"));
  search_->setClearButtonEnabled(true);
  column->addWidget(search_);
  auto* chips = new QHBoxLayout;
  chips->setSpacing(4);
  filter_ = new QButtonGroup(this);
  const std::tuple<QString, QString, QString> kinds[] = {
      {QStringLiteral("explainAll"), tr("All"), tr("Every sample kept for validation")},
      {QStringLiteral("explainMistakes"), tr("Mistakes"), tr("Samples that the network, as it is now, takes for another class")},
      {QStringLiteral("explainChosen"), tr("Chosen"), tr("Pinned samples, and those chosen here")}};
  for (int i = 0; i < 3; ++i) {
    auto* chip = new QToolButton;
    chip->setObjectName(std::get<0>(kinds[i]));
    chip->setText(std::get<1>(kinds[i]));
    chip->setToolTip(std::get<2>(kinds[i]));
    chip->setCheckable(true);
    chip->setChecked(i == All);
    chip->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    filter_->addButton(chip, i);
    chips->addWidget(chip);
  }
  column->addLayout(chips);
  gallery_ = new SampleGallery;
  gallery_->setObjectName(QStringLiteral("explainGallery"));
  scroll_ = scrolled(gallery_, 120);
  scroll_->setObjectName(QStringLiteral("explainGalleryScroll"));
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  connect(gallery_, &SampleGallery::focusMoved, this, [this](QRectF r) { scroll_->ensureVisible(qRound(r.center().x()), qRound(r.center().y()), 0, qRound(r.height() / 2) + 4); });
  column->addWidget(scroll_, 1);
  more_ = flatButton(QStringLiteral("explainMore"), tr("show more"), tr("Shows the next samples that fit"));
  column->addWidget(more_, 0, Qt::AlignHCenter);
  column->addWidget(buildOwn());
  auto* form = new QFormLayout;
  form->setContentsMargins(0, 2, 0, 0);
  form->setVerticalSpacing(4);
  const auto combo = [&](const QString& name, const QString& label, const QString& tip) {
    QComboBox* box = narrowCombo(name, label, tip, 8);
    auto* l = new QLabel(label);
    l->setProperty("role", QStringLiteral("secondary"));
    l->setBuddy(box);
    form->addRow(l, box);
    return box;
  };
  target_ = combo(QStringLiteral("explainTarget"), tr("Target"), tr("Which number is explained: a class' logit (the number before softmax), the difference of two (why this and not that), the loss, or a unit of a layer"));
  two_ = buildTwo();
  form->addRow(two_);
  probability_ = new QCheckBox(tr("Probability"));
  probability_->setObjectName(QStringLiteral("explainProbability"));
  probability_->setAccessibleName(probability_->text());
  form->addRow(QString(), probability_);
  baseline_ = combo(QStringLiteral("explainBaseline"), tr("Baseline"), tr("What the input is compared with by the methods that need a baseline (integrated gradients, occlusion, …)"));
  scale_ = combo(QStringLiteral("explainScale"), tr("Scale"), tr("Which maps share one colour scale"));
  for (const auto& [text, value] : {std::pair{tr("each method"), WallScale::EachMethod}, std::pair{tr("each map"), WallScale::EachMap}, std::pair{tr("one for all"), WallScale::Shared}})
    scale_->addItem(text, static_cast<int>(value));
  column->addLayout(form);

  connect(search_, &QLineEdit::textChanged, this, [this] {
    shown_ = kPage;
    refill();
  });
  connect(filter_, &QButtonGroup::idClicked, this, [this] {
    shown_ = kPage;
    refill();
  });
  connect(more_, &QToolButton::clicked, this, [this] {
    shown_ += kPage;
    refill();
  });
  connect(gallery_, &SampleGallery::rowToggled, this, [this](int row) { toggle(row); });
  connect(target_, &QComboBox::activated, this, [this] {
    fitTarget();
    emit choicesChanged();
  });
  for (QComboBox* c : {first_, second_}) connect(c, &QComboBox::activated, this, &ExplainChoices::choicesChanged);
  connect(probability_, &QCheckBox::toggled, this, &ExplainChoices::choicesChanged);
  connect(baseline_, &QComboBox::activated, this, &ExplainChoices::choicesChanged);
  connect(scale_, &QComboBox::activated, this, &ExplainChoices::scaleChanged);
}

void ExplainChoices::say(const QString& text) {
  message_->setText(text);
  message_->setVisible(!text.isEmpty());
}

const std::vector<std::int32_t>& ExplainChoices::pool() const { return data_->validation.empty() ? data_->train : data_->validation; }

void ExplainChoices::restart() {
  queue_.cancel();
  data_ = document_.data();
  rows_.clear();
  own_.clear();
  pinned_.clear();
  edited_.clear();
  predictedOf_ = nullptr;
  predictedClasses_.clear();
  shown_ = kPage;
  say({});
  const bool image = data_ && data_->spec.input.isImage(), table = data_ && data_->spec.input.rank() == 1;
  groups_ = table ? featureGroups(*data_) : std::vector<FeatureGroup>();
  canvasToggle_->setVisible(image);
  load_->setVisible(image);
  edit_->setVisible(table);
  clearOwn_->hide();
  canvasToggle_->setChecked(false);
  edit_->setChecked(false);
  canvas_->clear();
  // As thick as MNIST's digits, and never thinner than what fills a pixel.
  if (image) canvas_->setPen(std::max(0.085, 1.7 / static_cast<double>(std::max(data_->spec.input[0], data_->spec.input[1]))));
  filter_->button(Mistakes)->setEnabled(data_ && data_->spec.task == Task::Classification);
  filter_->button(All)->setChecked(true);
  fillTargets();
  refreshPinned();
  if (!data_) refill();
}

QWidget* ExplainChoices::buildTwo() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  first_ = narrowCombo(QStringLiteral("explainTargetFirst"), tr("Explained class"), tr("The class that is explained: what is blue speaks for it"), 4);
  second_ = narrowCombo(QStringLiteral("explainTargetSecond"), tr("Class to compare with"), tr("The class that it is compared with: what is orange speaks for it"), 4);
  row->addWidget(first_, 1);
  row->addWidget(new QLabel(QStringLiteral("−")));
  row->addWidget(second_, 1);
  return box;
}

void ExplainChoices::fillTargets() {
  for (QComboBox* c : {target_, first_, second_}) c->clear();
  const QSignalBlocker quiet(probability_);
  probability_->setChecked(false);
  const auto add = [this](const TargetChoice& choice) { target_->addItem(choiceName(choice, *data_), QVariant::fromValue(choice)); };
  if (data_) {
    const std::vector<TargetChoice> choices = outputChoices(*data_);
    for (const TargetChoice& c : choices)
      if (c.kind != TargetChoice::Class) add(c);
    if (choices.size() > 1)
      target_->addItem(data_->spec.task == Task::Classification ? tr("difference of two classes…") : tr("difference of two outputs…"),
                       QVariant::fromValue(TargetChoice{.kind = TargetChoice::Difference, .output = 0, .other = 1}));
    add({.kind = TargetChoice::Loss});
    for (const TargetChoice& c : choices)
      if (c.kind == TargetChoice::Class) {
        add(c);
        for (QComboBox* box : {first_, second_}) box->addItem(choiceName(c, *data_));
      }
    second_->setCurrentIndex(1);
  }
  for (QComboBox* c : {target_, baseline_, scale_}) c->setEnabled(data_ != nullptr);
  fitTarget();
}

void ExplainChoices::fitTarget() {
  const TargetChoice now = target_->currentData().value<TargetChoice>();
  two_->setVisible(now.kind == TargetChoice::Difference && now.output >= 0);
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  const QString why = data_ ? whyNoProbability(now, *data_, s && s->data == data_ ? s->network.get() : nullptr) : tr("Open data first.");
  probability_->setEnabled(why.isEmpty());
  probability_->setToolTip(why.isEmpty() ? tr("The softmax probability instead of the logit. It also heeds what speaks for the other classes; its gradients are small where the network is certain") : why);
}

void ExplainChoices::fillBaselines() {
  const QVariant now = baseline_->currentData();
  baseline_->clear();
  const auto add = [this](const BaselineChoice& choice, const QString& tip) {
    baseline_->addItem(baselineName(choice), QVariant::fromValue(choice));
    baseline_->setItemData(baseline_->count() - 1, tip, Qt::ToolTipRole);
  };
  add({}, tr("Zero in the network's own units: black, or the mean of a standardised column"));
  add({BaselineChoice::Mean}, tr("The mean of the training samples"));
  if (data_ && data_->spec.input.rank() > 1) add({BaselineChoice::Blurred}, tr("The sample itself, made unsharp: what is fine in it is taken away"));
  add({BaselineChoice::Background}, tr("The average over %1 training samples, each as baseline: for Shapley values, Kernel SHAP, LIME, feature ablation and expected gradients").arg(QLocale().toString(qlonglong(kBackgroundSamples))));
  for (const ExplainSample& s : rows_) add({BaselineChoice::Sample, s.row}, tr("This sample stands for 'nothing there'"));
  baseline_->setCurrentIndex(std::max(0, baseline_->findData(now)));
}

void ExplainChoices::refreshPinned() {
  if (document_.data() != data_) return;  // dataChanged comes first
  if (document_.pinned() == pinned_ && !(pinned_.empty() && gallery_->isEmpty())) return;
  const std::vector<std::int32_t> now = document_.pinned();
  const auto holds = [](const std::vector<std::int32_t>& list, std::int32_t row) { return std::find(list.begin(), list.end(), row) != list.end(); };
  // Samples keep their identity, so that what is known of them stays.
  std::vector<ExplainSample> next;
  for (std::int32_t row : now) {
    const auto it = std::find_if(rows_.begin(), rows_.end(), [&](const ExplainSample& s) { return s.row == row; });
    next.push_back(it != rows_.end() ? *it : sampleOfRow(*data_, row));
    next.back().pinned = true;
  }
  for (const ExplainSample& s : rows_)
    if (!s.pinned && !holds(now, s.row)) next.push_back(s);
  rows_ = std::move(next);
  pinned_ = now;
  refill();
  emit samplesChanged();
}

std::vector<ExplainSample> ExplainChoices::samples() const {
  std::vector<ExplainSample> all = rows_;
  all.insert(all.end(), own_.begin(), own_.end());
  return all;
}

TargetChoice ExplainChoices::target() const {
  TargetChoice t = target_->currentData().value<TargetChoice>();
  if (t.kind == TargetChoice::Difference && t.output >= 0) t.output = first_->currentIndex(), t.other = second_->currentIndex();
  t.probability = probability_->isEnabled() && probability_->isChecked();
  return t;
}

void ExplainChoices::offerUnit(const TargetChoice& choice) {
  const QVariant data = QVariant::fromValue(choice);
  const QString name = tr("unit: %1").arg(choice.unitName);
  const int last = target_->count() - 1;
  const bool there = last >= 0 && target_->itemData(last).value<TargetChoice>().kind == TargetChoice::Unit;
  const bool chosen = there && target_->currentIndex() == last;
  if (there) {
    target_->setItemText(last, name);
    target_->setItemData(last, data);
  } else {
    target_->addItem(name, data);
  }
  if (chosen) emit choicesChanged();
}

BaselineChoice ExplainChoices::baseline() const { return baseline_->currentData().value<BaselineChoice>(); }

WallScale ExplainChoices::scale() const { return static_cast<WallScale>(scale_->currentData().toInt()); }

void ExplainChoices::choose(std::int32_t row) {
  const auto it = std::find_if(rows_.begin(), rows_.end(), [&](const ExplainSample& s) { return s.row == row; });
  if (it == rows_.end()) toggle(row);
}

void ExplainChoices::toggle(std::int32_t row) {
  if (!data_ || row < 0 || row >= data_->count()) return;
  const auto it = std::find_if(rows_.begin(), rows_.end(), [&](const ExplainSample& s) { return s.row == row; });
  if (it != rows_.end() && it->pinned) return document_.unpin(row);
  if (it != rows_.end()) {
    rows_.erase(it);
  } else {
    if (rows_.size() >= kMostChosen) return say(tr("%1 samples are on the wall: take one off first.").arg(kMostChosen));
    rows_.push_back(sampleOfRow(*data_, row));
  }
  say({});
  refill();
  emit samplesChanged();
}

std::vector<std::int32_t> ExplainChoices::matching() const {
  std::vector<std::int32_t> out;
  if (!data_) return out;
  const bool classes = data_->spec.task == Task::Classification;
  bool mistakes = filter_->checkedId() == Mistakes;
  QStringList words = search_->text().simplified().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (const QString& w : QStringList(words))
    if (w.size() >= 4 && tr("mistakes").startsWith(w)) {
      mistakes = true;
      words.removeAll(w);
    }
  std::vector<std::int32_t> from = pool();
  if (filter_->checkedId() == Chosen) {
    from.clear();
    for (const ExplainSample& s : rows_) from.push_back(s.row);
  }
  const auto mistaken = [this](std::size_t r) { return !predictedClasses_.empty() && predictedClasses_[r] >= 0 && predictedClasses_[r] != data_->classes[r]; };
  // A number may be any sample's, not only one kept for validation, and the name of a class besides: digits.
  if (words.size() == 1)
    if (bool ok = false; true) {
      const int row = words[0].toInt(&ok);
      const bool there = ok && row >= 0 && row < data_->count() && (!mistakes || mistaken(static_cast<std::size_t>(row))) &&
                         (filter_->checkedId() != Chosen || std::find(from.begin(), from.end(), row) != from.end());
      if (there) out.push_back(row);
      const bool isClass = classes && std::any_of(data_->spec.classes.begin(), data_->spec.classes.end(), [&](const std::string& c) { return fromCore(c).toLower() == words[0]; });
      if (ok && !isClass) return out;
      std::erase(from, ok ? row : -1);
    }
  for (std::int32_t row : from) {
    const std::size_t r = static_cast<std::size_t>(row);
    if (mistakes && !mistaken(r)) continue;
    const QString name = classes ? fromCore(data_->spec.classes[static_cast<std::size_t>(data_->classes[r])]).toLower() : QString();
    if (std::all_of(words.begin(), words.end(), [&](const QString& w) { return name.contains(w); })) out.push_back(row);
  }
  return out;
}

SampleItem ExplainChoices::itemOf(std::int32_t row) const {
  const Dataset& d = *data_;
  const std::size_t r = static_cast<std::size_t>(row);
  SampleItem item;
  item.row = row;
  const ExplainSample s = sampleOfRow(d, row);
  if (d.spec.input.rank() == 1) {
    const QStringList values = groupValues(d, groups_, s);
    for (std::size_t g = 0; g < groups_.size() && g < 12; ++g) item.lines << groups_[g].name + QStringLiteral("  ") + values.value(static_cast<int>(g));
  } else if (d.spec.input.rank() == 2) {
    for (std::int64_t t = 0; t < d.spec.input[0]; ++t) item.pixels.push_back(static_cast<Real>(s.raw[static_cast<std::size_t>(t * d.spec.input[1])]));
  } else {
    item.pixels = shownInput(d, s);
  }
  if (d.spec.task == Task::Classification) {
    item.truth = fromCore(d.spec.classes[static_cast<std::size_t>(d.classes[r])]);
    if (!predictedClasses_.empty() && predictedClasses_[r] >= 0) {
      item.predicted = fromCore(d.spec.classes[static_cast<std::size_t>(predictedClasses_[r])]);
      item.right = predictedClasses_[r] == d.classes[r];
    }
  } else if (d.spec.task == Task::Regression) {
    item.truth = numberText(d.targets[r * static_cast<std::size_t>(d.spec.outputs)]);
  }
  return item;
}

void ExplainChoices::refill() {
  fillBaselines();
  SampleGalleryData g;
  g.title = tr("Samples");
  if (!data_) {
    gallery_->setPlaceholder(tr("Open data: its samples appear here."));
    gallery_->setData(std::move(g));
    more_->hide();
    emit sideTextChanged({});
    return;
  }
  const Shape& shape = data_->spec.input;
  if (shape.isImage()) g.height = static_cast<int>(shape[0]), g.width = static_cast<int>(shape[1]), g.channels = static_cast<int>(shape[2]);
  if (shape.rank() == 2) g.channels = 0, g.width = static_cast<int>(shape[0]);
  const std::vector<std::int32_t> rows = matching();
  g.all = static_cast<qint64>(rows.size());
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(shown_); ++i) {
    SampleItem item = itemOf(rows[i]);
    for (const ExplainSample& s : rows_)
      if (s.row == item.row) item.chosen = true, item.pinned = s.pinned;
    g.items.push_back(std::move(item));
  }
  const bool waits = filter_->checkedId() == Mistakes && predictedClasses_.empty();
  gallery_->setPlaceholder(waits && !predictedOf_ ? tr("Not computed. F5 finds out which samples are mistaken.") : waits ? tr("Which samples are mistaken is being found out…") : filter_->checkedId() == Mistakes && search_->text().isEmpty()
                                                                                             ? tr("No sample kept for validation is mistaken.")
                                                                                             : tr("No sample fits."));
  more_->setVisible(g.items.size() < rows.size());
  emit sideTextChanged(tr("%1 of %2").arg(QLocale().toString(qlonglong(g.items.size())), QLocale().toString(g.all)));
  gallery_->setData(std::move(g));
}

void ExplainChoices::tellStopped() {
  predictedOf_ = nullptr;
  refill();
}

void ExplainChoices::predict(const std::shared_ptr<const Snapshot>& snapshot) {
  tellPrediction();
  // Another loss may give probabilities, or take them away.
  const bool probability = target().probability;
  fitTarget();
  if (probability != target().probability) emit choicesChanged();
  if (!snapshot || !snapshot->state || !data_ || snapshot->data != data_ || data_->spec.task != Task::Classification) return queue_.cancel();
  if (predictedOf_ == snapshot->state) return;
  predictedOf_ = snapshot->state;
  const std::vector<std::int32_t> rows = pool();
  queue_.start({{tr("predictions"), [this, snapshot, rows](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
                   const std::int64_t size = snapshot->network->data().input.size(), n = snapshot->network->outputs();
                   if (size != snapshot->data->spec.input.size()) return {};
                   auto classes = std::make_shared<std::vector<std::int32_t>>(static_cast<std::size_t>(snapshot->data->count()), -1);
                   constexpr std::size_t kBlock = 64;
                   std::vector<Real> inputs(kBlock * static_cast<std::size_t>(size));
                   for (std::size_t first = 0; first < rows.size(); first += kBlock) {
                     progress(static_cast<double>(first) / static_cast<double>(rows.size()));
                     const std::size_t count = std::min(kBlock, rows.size() - first);
                     gatherInputs(*snapshot->data, {rows.data() + first, count}, inputs.data());
                     const std::vector<Real> p = predictions(*snapshot, inputs, static_cast<std::int64_t>(count), stop);
                     if (p.empty()) return {};
                     for (std::size_t k = 0; k < count; ++k)
                       (*classes)[static_cast<std::size_t>(rows[first + k])] =
                           static_cast<std::int32_t>(std::max_element(p.begin() + static_cast<std::ptrdiff_t>(k) * n, p.begin() + static_cast<std::ptrdiff_t>(k + 1) * n) - p.begin() - static_cast<std::ptrdiff_t>(k) * n);
                   }
                   return [this, data = snapshot->data, classes] {
                     if (data != data_) return;
                     predictedClasses_ = std::move(*classes);
                     refill();
                   };
                 }}});
}

}  // namespace vitrine
