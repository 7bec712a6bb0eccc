#include "app/explain_trust.h"

#include <cmath>
#include <numeric>

#include "app/explain_samples.h"
#include "core/explain/groups.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {

ExplainTrust::ExplainTrust(QObject* parent)
    : QObject(parent), curves_(new CurvePlot(tr("Deletion and insertion"))), agreement_(new AgreementView), numbers_(new TrustView), randomised_(new RandomisedView) {
  curves_->setObjectName(QStringLiteral("explainCurves"));
  agreement_->setObjectName(QStringLiteral("explainAgreement"));
  numbers_->setObjectName(QStringLiteral("explainTrustNumbers"));
  randomised_->setObjectName(QStringLiteral("explainRandomised"));
  randomised_->setPlaceholder(tr("Choose a map that has been checked: what the method shows when the network's layers are drawn anew, from the top down, stands here."));
  curves_->setPlaceholder(tr("Choose a map: how fast the answer falls when what matters is taken away, and rises when it is put back."));
  agreement_->setPlaceholder(tr("With two methods or more: how far their maps rank the same places high."));
  numbers_->setPlaceholder(tr("Choose a map (a click, or the arrow keys): its trust check stands here."));
}

void ExplainTrust::show(const ExplainWall& wall, int sample, int column) {
  const TrustReport* report = wall.trust(sample, column);
  const Attribution* map = wall.attribution(sample, column);
  const bool numbers = map && wall.snapshot()->data->spec.task == Task::Regression;
  showCurves(report, numbers ? targetName(*wall.snapshot(), map->explained) : tr("output"));
  curves_->setOf(map ? QStringList{columnName(wall.columns()[static_cast<std::size_t>(column)], *wall.snapshot()->data), wall.samples()[static_cast<std::size_t>(sample)].name,
                                   targetName(*wall.snapshot(), map->explained)}
                           .join(QStringLiteral(", "))
                     : QString());
  emit titleChanged(map ? tr("Deletion and insertion, %1").arg(wall.samples()[static_cast<std::size_t>(sample)].name) : tr("Deletion and insertion"));
  showAgreement(wall, sample);
  showNumbers(wall, sample, column, report);
  showRandomised(wall, sample, column, report);
}

void ExplainTrust::showRandomised(const ExplainWall& wall, int sample, int column, const TrustReport* report) {
  const Attribution* map = wall.attribution(sample, column);
  if (!map || !report || report->randomisation.empty() || wall.trustIsOld(sample, column)) {
    drawnAnew_.clear();
    return randomised_->showNothing();
  }
  // The wall tells of every cell that is ready; these maps are put together only when they are others.
  const std::string of = wall.mapKey(sample, column) + wall.trustKey();
  if (of == drawnAnew_) return;
  drawnAnew_ = of;
  const Dataset& data = *wall.snapshot()->data;
  const QString title = tr("%1, %2: layers drawn anew").arg(columnName(wall.columns()[static_cast<std::size_t>(column)], data), wall.samples()[static_cast<std::size_t>(sample)].name);
  QStringList names{tr("as it is")};
  std::vector<const std::vector<Real>*> maps{&map->values};
  for (const RandomisedLayer& l : report->randomisation) {
    names << tr("from %1 up: %2").arg(fromCore(l.name), l.correlation ? QLocale().toString(*l.correlation, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212)) : tr("constant"));
    maps.push_back(&l.values);
  }
  // Colours of a pixel, and features of a step, are added up.
  const auto sums = [&](std::size_t many) {
    std::vector<Real> all;
    for (const std::vector<Real>* values : maps)
      for (std::size_t i = 0; i + many <= values->size(); i += many) all.push_back(std::accumulate(values->begin() + static_cast<std::ptrdiff_t>(i), values->begin() + static_cast<std::ptrdiff_t>(i + many), Real(0)));
    return all;
  };
  const int rank = map->shape.rank();
  if (rank > 1 && data.spec.input.isImage()) {
    MapGridData d;
    d.title = title;
    d.values = sums(rank > 2 ? static_cast<std::size_t>(map->shape[2]) : 1);
    d.labels = names;
    d.shape.count = static_cast<int>(maps.size());
    d.shape.height = static_cast<int>(map->shape[0]);
    d.shape.width = static_cast<int>(map->shape[1]);
    d.labelsAlways = true;
    d.valueName = tr("attribution");
    d.map = map->isSigned ? ColorMap::Diverging : ColorMap::Viridis;
    d.scale = MapScale::EachMap;
    return randomised_->showMaps(std::move(d));
  }
  MapRowsData d{.title = title, .names = names, .placeTitle = {}, .places = {}, .values = {}, .isSigned = map->isSigned};
  if (rank > 1) {
    d.placeTitle = tr("step");
    for (std::int64_t t = 0; t < map->shape[0]; ++t) d.places << QString::number(t + 1);
    if (map->shape[1] > 1) d.note = tr("the sum of each step's features");
    d.values = sums(static_cast<std::size_t>(map->shape[1]));
  } else if (data.spec.input.rank() == 1 && map->values.size() == static_cast<std::size_t>(data.spec.input.size()) && !map->ofUnits) {
    // What stands for one column of the file is added up, as on the wall.
    const std::vector<FeatureGroup> groups = featureGroups(data);
    d.placeTitle = tr("feature");
    for (const FeatureGroup& g : groups) d.places << g.name;
    for (const std::vector<Real>* values : maps) {
      const std::vector<Real> row = groupSums(groups, *values);
      d.values.insert(d.values.end(), row.begin(), row.end());
    }
  } else {
    d.placeTitle = tr("unit");
    d.values = sums(1);
  }
  randomised_->showRows(std::move(d));
}

void ExplainTrust::showCurves(const TrustReport* report, const QString& output) {
  if (!report || !report->removal) {
    if (!shown_.empty()) curves_->clear();
    shown_.clear();
    emit sideTextChanged({});
    return;
  }
  const RemovalTest& r = *report->removal;
  std::vector<double> now = r.deletion.score;
  now.insert(now.end(), r.insertion.score.begin(), r.insertion.score.end());
  if (now == shown_) return;
  shown_ = std::move(now);
  curves_->clear();
  curves_->setLegendColumns(2);
  curves_->setAxes(tr("share removed or put back"), r.probability ? tr("probability") : output, false);
  const auto add = [&](const QString& name, const std::vector<double>& y, const QColor& ink) {
    curves_->addSeries(name, ink);
    curves_->setSeries(name, r.shares, y, 0);
  };
  const Theme& t = theme();
  add(tr("deletion"), r.deletion.score, t.training);
  add(tr("insertion"), r.insertion.score, t.validation);
  add(tr("deletion, random"), r.deletion.mean, t.secondary);
  add(tr("insertion, random"), r.insertion.mean, t.bar.lighter(140));
  const auto n = [](double v) { return QLocale().toString(v, 'f', 2); };
  emit sideTextChanged(tr("areas %1 / %2 · random %3 / %4").arg(n(r.deletion.area), n(r.insertion.area), n(r.deletion.randomArea), n(r.insertion.randomArea)));
}

void ExplainTrust::showAgreement(const ExplainWall& wall, int sample) {
  AgreementData d;
  std::vector<const Attribution*> found;
  std::string of;
  QString target;
  if (sample >= 0 && sample < static_cast<int>(wall.samples().size()))
    for (std::size_t c = 0; c < wall.columns().size(); ++c)
      if (const Attribution* a = wall.attribution(sample, static_cast<int>(c))) {
        found.push_back(a);
        // A column with a target of its own is named with it.
        if (target.isEmpty() && !wall.columns()[c].target) target = targetName(*wall.snapshot(), a->explained);
        of += wall.mapKey(sample, static_cast<int>(c)) + '\n';
        d.methods << columnName(wall.columns()[c], *wall.snapshot()->data);
        d.briefs << columnName(wall.columns()[c], *wall.snapshot()->data, true);
      }
  if (of == agreed_ && d.methods == agreement_->data().methods) return;
  agreed_ = of;
  if (found.size() < 2) return agreement_->setData({});
  std::vector<Attribution> maps;
  for (const Attribution* a : found) maps.push_back(*a);
  // Of a table the columns are ranked, as the wall shows them: one-hot numbers together.
  const Dataset& data = *wall.snapshot()->data;
  d.values = vitrine::agreement(maps, data.spec.input.rank() == 1 ? columnGroups(data).of : std::vector<std::int32_t>());
  QStringList what{wall.samples()[static_cast<std::size_t>(sample)].name, target};
  what.removeAll(QString());
  d.title = tr("Do methods agree? %1: rank correlation of magnitudes").arg(what.join(QStringLiteral(", ")));
  agreement_->setData(std::move(d));
}

void ExplainTrust::showNumbers(const ExplainWall& wall, int sample, int column, const TrustReport* report) {
  TrustData d;
  const bool chosen = sample >= 0 && column >= 0 && sample < static_cast<int>(wall.samples().size()) && column < static_cast<int>(wall.columns().size());
  if (!chosen) return numbers_->setData({});
  const WallColumn& c = wall.columns()[static_cast<std::size_t>(column)];
  d.title = columnName(c, *wall.snapshot()->data) + QStringLiteral(", ") + wall.samples()[static_cast<std::size_t>(sample)].name;
  const Attribution* a = wall.attribution(sample, column);
  if (!report) {
    const QString why = wall.trustProblem(sample, column);
    d.sentence = !a ? tr("There is no map to be checked.") : !why.isEmpty() ? why : wall.busy() ? tr("The check comes after the maps.") : tr("Not checked.");
    d.mark = a && why.isEmpty() && wall.busy() ? TrustMark::Pending : TrustMark::None;
  } else {
    d.mark = markOf(report->verdict);
    d.sentence = sentenceOf(report->sentence);
    d.warning = fromCore(report->warning.empty() ? c.spec->warning : report->warning);
    if (wall.trustIsOld(sample, column)) d.sentence += QLatin1Char(' ') + oldCheck();
    for (const TrustFinding& f : report->findings) {
      TrustLine line{fromCore(f.name), numberText(f.value, 3), {}, f.verdict ? markOf(*f.verdict) : TrustMark::None, sentenceOf(f.sentence)};
      if (report->removal && f.id == "deletion") line.remark = tr("random %1").arg(numberText(report->removal->deletion.randomArea, 2));
      if (report->removal && f.id == "insertion") line.remark = tr("random %1").arg(numberText(report->removal->insertion.randomArea, 2));
      if (f.id == "randomisation") line.remark = tr("should fall");
      d.lines.push_back(std::move(line));
    }
    for (const RandomisedLayer& l : report->randomisation)
      d.lines.push_back({tr("  from %1 up").arg(fromCore(l.name)), l.correlation ? numberText(*l.correlation, 2) : tr("constant map"), {}, TrustMark::None,
                         tr("Rank correlation with the original map, with this layer and all above it drawn anew")});
  }
  if (a) {
    d.lines.push_back({tr("Output"), numberText(a->outputValue, 5), a->baselineValue ? tr("baseline %1").arg(numberText(*a->baselineValue, 4)) : QString(), TrustMark::None, tr("The number that is explained, f(x)")});
    if (a->completenessError) d.lines.push_back({tr("Sum − difference"), numberText(*a->completenessError, 3), tr("promised: 0"), TrustMark::None, tr("Sum of the map against f(x) − f(baseline)")});
    if (a->fit) d.lines.push_back({tr("Fit of the surrogate"), numberText(*a->fit, 3), tr("R², 1 is best"), TrustMark::None, {}});
    d.lines.push_back({tr("Time"), tr("%1 ms").arg(QLocale().toString(a->seconds * 1000, 'f', 1)), {}, TrustMark::None, {}});
  }
  numbers_->setData(std::move(d));
}

}  // namespace vitrine
