#include "app/live_views.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "app/pinning.h"
#include "core/insight/statistics.h"
#include "core/train/outputs.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

// How often views are drawn while training, in ms: all of it together must leave training its time.
constexpr int kPaceMs = 100, kCurvesMs = 400, kWeightsMs = 600, kThumbnailsMs = 600;
constexpr int kGridSide = 60;
constexpr std::int64_t kMostUnitCells = 1024;

bool seen(const QWidget* w) { return w->isVisible() && !w->visibleRegion().isEmpty(); }

bool due(QElapsedTimer& since, int ms) {
  if (since.isValid() && since.elapsed() < ms) return false;
  since.start();
  return true;
}

/// Values that are never negative are drawn from 0 up, others about 0.
ColorMap mapFor(std::span<const Real> values) {
  return std::any_of(values.begin(), values.end(), [](Real v) { return v < 0; }) ? ColorMap::Diverging : ColorMap::Viridis;
}

/// A layer's output as maps: one a channel of an image, one a unit of a vector.
MapsShape mapsOf(const Shape& shape) {
  if (shape.isImage()) return {static_cast<int>(shape[2]), static_cast<int>(shape[0]), static_cast<int>(shape[1]), true};
  if (shape.size() <= kMostUnitCells) return {static_cast<int>(shape.size()), 1, 1, false};
  return {1, 1, static_cast<int>(shape.size()), false};
}

QStringList names(const std::vector<std::string>& list) {
  QStringList out;
  for (const std::string& s : list) out << QString::fromStdString(s);
  return out;
}

}  // namespace

WeightsView::WeightsView(QWidget* parent)
    : QStackedWidget(parent), matrix_(new MatrixView(this)), filters_(new MapGridView(this)) {
  addWidget(matrix_);
  addWidget(filters_);
  for (FigureWidget* w : {static_cast<FigureWidget*>(matrix_), static_cast<FigureWidget*>(filters_)})
    w->setPlaceholder(tr("Choose a layer with weights in the network above: its filters or its weight matrix appear here."));
}

const FigureWidget& WeightsView::current() const { return *static_cast<FigureWidget*>(currentWidget()); }

void WeightsView::showMatrix(MatrixData data) {
  matrix_->setData(std::move(data));
  setCurrentWidget(matrix_);
}

void WeightsView::showFilters(MapGridData data) {
  data.scale = filters_->data().scale;
  filters_->setData(std::move(data));
  setCurrentWidget(filters_);
}

void WeightsView::showNothing() { showMatrix({}); }

LiveViews::LiveViews(Document& document, GraphEditor& editor, QObject* parent)
    : QObject(parent),
      document_(document),
      editor_(editor),
      loss_(new CurvePlot(tr("Loss"))),
      accuracy_(new CurvePlot(tr("Accuracy"))),
      confusion_(new ConfusionView),
      weights_(new WeightsView),
      features_(new MapGridView),
      decision_(new DecisionView),
      pinned_(new PinnedSamplesView) {
  loss_->setPlaceholder(tr("Press Play: the loss of every batch appears here."));
  accuracy_->setPlaceholder(tr("Press Play: the share of right answers appears here."));
  confusion_->setPlaceholder(tr("Which classes are taken for which: drawn at the end of each epoch."));
  features_->setPlaceholder(tr("Choose a layer: what it makes of the first pinned sample appears here."));
  decision_->setPlaceholder(tr("What the network says all over the plane appears here."));
  pinned_->setPlaceholder(tr("Samples of your data, explained while the network learns, appear here."));
  connect(&document_, &Document::dataChanged, this, &LiveViews::restart);
  connect(&document_, &Document::edited, this, &LiveViews::request);
  connect(&document_, &Document::edited, this, &LiveViews::titleLoss);
  connect(&document_, &Document::snapshotChanged, this, [this] { snapshotDue_ = true; });
  connect(&document_, &Document::observationChanged, this, &LiveViews::onObservation);
  connect(pinned_, &PinnedSamplesView::sampleClicked, this, [this](int sample) {
    mapsOf_ = static_cast<std::size_t>(sample);
    request();
  });
  for (QWidget* w : std::initializer_list<QWidget*>{pinned_, features_, decision_, weights_, &editor_}) w->installEventFilter(this);
  pace_.setInterval(kPaceMs);
  connect(&pace_, &QTimer::timeout, this, &LiveViews::onSnapshot);
  pace_.start();
  restart();
}

bool LiveViews::isPlane() const { return document_.data() && document_.data()->spec.input == Shape{2}; }

void LiveViews::setNode(NodeId node) {
  if (node == node_) return;
  node_ = node;
  sinceWeights_.invalidate();
  feedWeights();
  feedFeatures();
  request();
}

void LiveViews::restart() {
  history_ = nullptr;
  loss_->clear();
  accuracy_->clear();
  confusion_->setData({});
  pinned_->setData({});
  features_->setData({});
  decision_->setData({});
  weights_->showNothing();
  editor_.setThumbnails({});
  titleLoss();
  accuracy_->setAxes(tr("epoch"), tr("share correct"), true);
  for (CurvePlot* plot : {loss_, accuracy_}) {
    plot->addSeries(tr("training"));
    plot->addSeries(tr("validation"));
  }
  request();
}

void LiveViews::titleLoss() {
  const QString title = fromCore(lossOf(document_.graph()).axis);
  if (title != lossTitle_) loss_->setAxes(tr("epoch"), lossTitle_ = title);
}

void LiveViews::request() {
  ObserverRequest r;
  r.pinned = document_.pinned();
  if (mapsOf_ >= r.pinned.size()) mapsOf_ = 0;
  r.mapsOf = mapsOf_;
  if (document_.data()) {
    // Nothing is computed for views that nobody sees, but for the first picture of each.
    const auto wanted = [](const FigureWidget* w) { return w->isVisible() || w->isEmpty(); };
    r.methods = {"saliency", "integrated-gradients"};
    if (document_.data()->spec.input.isImage()) r.methods.push_back("grad-cam");
    r.explain = wanted(pinned_);
    r.featureMaps = (node_.value != 0 && wanted(features_)) || editor_.isVisible();
    if (isPlane() && wanted(decision_)) r.decisionGrid = kGridSide;
  }
  document_.observe(r);
}

bool LiveViews::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Show || event->type() == QEvent::Hide) request();
  // What was learned while they were out of sight is shown with the next beat, when they have their place.
  if (watched == weights_ && event->type() == QEvent::Show) {
    sinceWeights_.invalidate();
    snapshotDue_ = true;
  }
  return QObject::eventFilter(watched, event);
}

void LiveViews::onSnapshot() {
  if (!snapshotDue_) return;
  snapshotDue_ = false;
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  if (!s) return;
  const bool running = s->run == RunState::Running;
  if (!running) {
    sinceCurves_.invalidate();
    sinceWeights_.invalidate();
  }
  if (due(sinceCurves_, kCurvesMs)) {
    feedCurves();
    feedConfusion();
  } else {
    snapshotDue_ = true;
  }
  if (due(sinceWeights_, kWeightsMs)) feedWeights();
}

void LiveViews::feedCurves() {
  const Snapshot& s = *document_.snapshot();
  if (!s.history) return;
  if (history_ != s.history.get() || s.batchPoints < batches_) {
    history_ = s.history.get();
    batches_ = epochs_ = 0;
    for (std::vector<double>* v : {&batchX_, &batchLoss_, &batchAccuracy_, &epochX_, &epochLoss_, &epochAccuracy_}) v->clear();
    if (s.batchPoints == 0) confusion_->setData({});
  }
  const std::size_t fromBatch = batches_, fromEpoch = epochs_;
  for (; batches_ < s.batchPoints; ++batches_) {
    const BatchPoint& p = s.history->batches[batches_];
    batchX_.push_back(p.epoch);
    batchLoss_.push_back(p.loss);
    batchAccuracy_.push_back(p.accuracy);
  }
  for (; epochs_ < s.epochPoints; ++epochs_) {
    const EpochPoint& p = s.history->epochs[epochs_];
    epochX_.push_back(static_cast<double>(p.epoch));
    epochLoss_.push_back(p.validationLoss);
    epochAccuracy_.push_back(p.validationAccuracy);
  }
  loss_->setSeries(tr("training"), batchX_, batchLoss_, fromBatch);
  loss_->setSeries(tr("validation"), epochX_, epochLoss_, fromEpoch);
  if (s.data->spec.task == Task::Regression) return;
  accuracy_->setSeries(tr("training"), batchX_, batchAccuracy_, fromBatch);
  accuracy_->setSeries(tr("validation"), epochX_, epochAccuracy_, fromEpoch);
}

void LiveViews::feedConfusion() {
  const Snapshot& s = *document_.snapshot();
  if (!s.history || s.epochPoints == 0 || !s.data) return;
  const EpochPoint& last = s.history->epochs[s.epochPoints - 1];
  if (last.confusion == confusion_->data().counts) return;
  confusion_->setData({tr("Confusion, validation, epoch %1").arg(QLocale().toString(qlonglong(last.epoch))), names(s.data->spec.classes), last.confusion});
}

void LiveViews::feedWeights() {
  const std::shared_ptr<const Snapshot>& s = document_.snapshot();
  const Node* node = document_.graph().find(node_);
  const PlacedBlock* weight = nullptr;
  std::vector<PlacedBlock> blocks;
  if (s && s->network && s->state && node && s->network->graph().find(node_)) {
    blocks = s->network->blocksOf(node_);
    for (const PlacedBlock& b : blocks)
      if (b.block.name == "weight") weight = &b;
  }
  QString text;
  if (weight) {
    const std::span<const Real> values(s->state->params.data() + weight->offset, static_cast<std::size_t>(weight->size()));
    const NumberSummary sum = summarise(values);
    text = tr("mean %1 · deviation %2 · %3 … %4").arg(numberText(sum.mean, 2), numberText(sum.deviation, 2), numberText(sum.min, 2), numberText(sum.max, 2));
    if (seen(weights_) || weights_->isEmpty()) {
      const Shape& shape = weight->block.shape;
      const QString name = QString::fromStdString(node->name);
      std::vector<Real> copy(values.begin(), values.end());
      if (shape.rank() == 4) {
        MapGridData d;
        d.title = tr("Filters of %1").arg(name);
        d.values = std::move(copy);
        d.shape = {static_cast<int>(shape[2] * shape[3]), static_cast<int>(shape[0]), static_cast<int>(shape[1]), true};
        for (std::int64_t i = 0; i < shape[2] * shape[3]; ++i)
          d.labels << (shape[2] == 1 ? tr("filter %1").arg(i % shape[3] + 1) : tr("filter %1, input channel %2").arg(i % shape[3] + 1).arg(i / shape[3] + 1));
        d.valueName = tr("weight");
        weights_->showFilters(std::move(d));
      } else {
        MatrixData d;
        d.title = tr("Weights of %1").arg(name);
        d.values = std::move(copy);
        // The last extent across, all others down: a matrix, or a series' filters ({taps, inputs, filters}).
        d.columns = static_cast<int>(shape.dims.back());
        d.rows = static_cast<int>(shape.size() / shape.dims.back());
        d.rowTitle = tr("input");
        d.columnTitle = shape.rank() == 2 ? tr("unit") : shape.rank() == 3 ? tr("filter") : tr("channel");
        if (shape.rank() == 3) d.rowTitle = tr("tap and input");
        d.valueName = tr("weight");
        const std::vector<NodeId> sources = s->network->graph().inputsOf(node_);
        if (shape.rank() == 2 && sources.size() == 1 && s->network->graph().find(sources[0])->type == "input") d.rowNames = names(s->data->featureNames);
        weights_->showMatrix(std::move(d));
      }
    }
  } else if (!weights_->isEmpty()) {
    weights_->showNothing();
  }
  if (text != weightText_) {
    weightText_ = text;
    emit weightTextChanged(text);
  }
}

void LiveViews::onObservation() {
  const Observation& o = *document_.observation();
  if (!o.of || o.of->data != document_.data()) return;
  feedFeatures();
  if (o.request.explain && (seen(pinned_) || pinned_->isEmpty())) feedPinned();
  if (isPlane() && (seen(decision_) || decision_->isEmpty())) feedDecision();
  const bool running = o.of->run == RunState::Running;
  if (o.request.featureMaps && (!running || due(sinceThumbnails_, kThumbnailsMs))) feedThumbnails();
  request();  // what has its first picture now and is not seen needs no more
}

void LiveViews::feedFeatures() {
  const std::shared_ptr<const Observation>& o = document_.observation();
  const Node* node = document_.graph().find(node_);
  if (!o || !node || o->of->data != document_.data()) return features_->setData({});
  if (!o->request.featureMaps || (!seen(features_) && !features_->isEmpty())) return;
  for (const NodeActivation& a : o->activations) {
    if (a.node != node_) continue;
    MapGridData d;
    d.title = tr("Feature maps of %1, pinned sample %2").arg(QString::fromStdString(node->name)).arg(o->request.mapsOf + 1);
    d.values = a.values;
    d.shape = mapsOf(a.shape);
    d.valueName = tr("activation");
    d.map = mapFor(a.values);
    d.scale = features_->data().scale;
    return features_->setData(std::move(d));
  }
  features_->setData({});
}

void LiveViews::feedPinned() { pinned_->setData(pinnedData(*document_.observation())); }

void LiveViews::feedDecision() {
  const Observation& o = *document_.observation();
  const DecisionGrid& g = o.grid;
  if (g.side == 0 || g.outputs == 0) return;
  const Dataset& data = *o.of->data;
  const bool classes = data.spec.task == Task::Classification;
  const std::int64_t n = classes ? g.outputs : 1;
  std::vector<Real> grid;  // topmost row first
  grid.reserve(static_cast<std::size_t>(g.side * g.side * n));
  for (int row = g.side - 1; row >= 0; --row)
    for (int column = 0; column < g.side; ++column)
      for (std::int64_t c = 0; c < n; ++c) grid.push_back(g.values[static_cast<std::size_t>((row * g.side + column) * g.outputs + c)]);
  const bool shares = outputReading(*o.of->network) != OutputReading::Plain;
  if (!decision_->isEmpty() && decision_->data().shares == shares) return decision_->setGrid(std::move(grid));
  DecisionData d;
  d.title = tr("Decision boundary");
  d.width = d.height = g.side;
  d.classes = classes ? static_cast<int>(g.outputs) : 0;
  d.shares = shares;
  d.grid = std::move(grid);
  d.x1 = {g.x0, g.x1};
  d.x2 = {g.y0, g.y1};
  const bool named = data.featureNames.size() == 2;
  d.x1Name = named ? QString::fromStdString(data.featureNames[0]) : tr("feature 1");
  d.x2Name = named ? QString::fromStdString(data.featureNames[1]) : tr("feature 2");
  d.classNames = names(data.spec.classes);
  d.valueName = QString::fromStdString(data.targetName);
  auto add = [&](const std::vector<std::int32_t>& rows, bool validation) {
    for (std::int32_t r : rows)
      d.points.push_back({static_cast<Real>(data.inputs.raw(r, 0)), static_cast<Real>(data.inputs.raw(r, 1)),
                          classes ? static_cast<Real>(data.classes[static_cast<std::size_t>(r)]) : static_cast<Real>(data.targets[static_cast<std::size_t>(r)]),
                          validation});
  };
  add(data.train, false);
  add(data.validation, true);
  decision_->setData(std::move(d));
}

void LiveViews::feedThumbnails() {
  if (!seen(&editor_)) return;
  const Observation& o = *document_.observation();
  const Network& network = *o.of->network;
  std::map<NodeId, QImage> images;
  for (const NodeActivation& a : o.activations) {
    const Node* node = document_.graph().find(a.node);
    if (!node) continue;
    const PlacedBlock* weight = nullptr;
    const std::vector<PlacedBlock> blocks = node->type == "dense" ? network.blocksOf(a.node) : std::vector<PlacedBlock>();
    for (const PlacedBlock& b : blocks)
      if (b.block.name == "weight") weight = &b;
    QImage image = thumbnail(weight, &a, *node);
    if (!image.isNull()) images[a.node] = std::move(image);
  }
  editor_.setThumbnails(images);
}

QImage LiveViews::thumbnail(const PlacedBlock* weight, const NodeActivation* a, const Node& node) const {
  const bool dark = theme().dark;
  const Snapshot& s = *document_.observation()->of;
  if (weight && weight->block.shape.rank() == 2) {
    const std::span<const Real> values(s.state->params.data() + weight->offset, static_cast<std::size_t>(weight->size()));
    const int rows = static_cast<int>(weight->block.shape[0]), columns = static_cast<int>(weight->block.shape[1]);
    Raster r = rasterize(values, rows, columns, symmetricRange(values), forTheme(ColorMap::Diverging, dark));
    if (rows > 50 || columns > 104) r = scaleNearest(r, std::min(columns, 104), std::min(rows, 50));
    return toImage(r);
  }
  const int n = static_cast<int>(a->shape.size());
  if (node.type == "output" && s.data->spec.task == Task::Classification && n <= 100) {
    std::vector<Real> p(a->values.size());
    readOutputs(outputReading(*s.network), 1, n, a->values.data(), p.data());
    constexpr int kBar = 6, kGap = 3, kHigh = 46;
    QImage image(n * (kBar + kGap), kHigh, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    for (int i = 0; i < n; ++i) {
      const int h = std::max(1, static_cast<int>(std::lround(std::clamp(p[static_cast<std::size_t>(i)], Real(0), Real(1)) * kHigh)));
      painter.fillRect(i * (kBar + kGap), kHigh - h, kBar, h, theme().category(Category::Output));
    }
    return image;
  }
  if (a->shape.isImage()) {
    if (node.type == "input") {
      std::vector<Real> raw(a->values.size());
      inputsInUnits(*s.data, 1, a->values.data(), raw.data());
      return toImage(imageRaster(raw, static_cast<int>(a->shape[0]), static_cast<int>(a->shape[1]), static_cast<int>(a->shape[2]), {s.data->low, s.data->high}));
    }
    MapsShape maps = mapsOf(a->shape);
    const int shown = std::min(maps.count, 18), columns = maps.count <= 4 ? maps.count : maps.count <= 8 ? 4 : 6;
    std::vector<Real> values;
    for (int i = 0; i < shown; ++i) {
      const std::vector<Real> one = mapValues(a->values, maps, i);
      values.insert(values.end(), one.begin(), one.end());
    }
    maps.count = shown;
    maps.channelsLast = false;
    return toImage(filterGrid(values, maps, columns, 2, MapScale::EachLayer, forTheme(mapFor(values), dark)).raster);
  }
  if (n > kMostUnitCells || node.type == "flatten") return {};
  // A vector: cells in rows, as wide as high where that comes out even.
  const int columns = std::clamp(static_cast<int>(std::ceil(std::sqrt(n * 2.5))), 1, n), rows = (n + columns - 1) / columns;
  std::vector<Real> cells(static_cast<std::size_t>(rows * columns));
  std::copy(a->values.begin(), a->values.end(), cells.begin());
  Raster r = rasterize(cells, rows, columns, rangeFor(mapFor(a->values), a->values), forTheme(mapFor(a->values), dark));
  for (int i = n; i < rows * columns; ++i) r.argb[static_cast<std::size_t>(i)] = 0;
  return toImage(r);
}

}  // namespace vitrine
