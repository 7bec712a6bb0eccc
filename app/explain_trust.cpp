#include "app/explain_trust.h"

#include <cmath>

#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {

ExplainTrust::ExplainTrust(QObject* parent)
    : QObject(parent), curves_(new CurvePlot(tr("Deletion and insertion"))), agreement_(new AgreementView), numbers_(new TrustView) {
  curves_->setObjectName(QStringLiteral("explainCurves"));
  agreement_->setObjectName(QStringLiteral("explainAgreement"));
  numbers_->setObjectName(QStringLiteral("explainTrustNumbers"));
  curves_->setPlaceholder(tr("Choose a map: how fast the answer falls when what matters is taken away, and rises when it is put back."));
  agreement_->setPlaceholder(tr("With two methods or more: how far their maps rank the same places high."));
  numbers_->setPlaceholder(tr("Choose a map (a click, or the arrow keys): its trust check stands here."));
}

void ExplainTrust::show(const ExplainWall& wall, int sample, int column) {
  const TrustReport* report = wall.trust(sample, column);
  showCurves(report);
  showAgreement(wall, sample);
  showNumbers(wall, sample, column, report);
}

void ExplainTrust::showCurves(const TrustReport* report) {
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
  curves_->setAxes(tr("share removed or put back"), r.probability ? tr("probability of the target") : tr("output"), false);
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
  d.title = tr("Do methods agree?");
  std::vector<const Attribution*> found;
  std::vector<double> of;
  if (sample >= 0 && sample < static_cast<int>(wall.samples().size()))
    for (std::size_t c = 0; c < wall.columns().size(); ++c)
      if (const Attribution* a = wall.attribution(sample, static_cast<int>(c))) {
        found.push_back(a);
        of.insert(of.end(), {a->seconds, a->outputValue, a->values.empty() ? 0 : static_cast<double>(a->values.front())});
        d.methods << fromCore(wall.columns()[c].spec->name);
      }
  if (of == agreed_) return;
  agreed_ = of;
  if (found.size() < 2) return agreement_->setData({});
  std::vector<Attribution> maps;
  for (const Attribution* a : found) maps.push_back(*a);
  d.values = vitrine::agreement(maps);
  agreement_->setData(std::move(d));
}

void ExplainTrust::showNumbers(const ExplainWall& wall, int sample, int column, const TrustReport* report) {
  TrustData d;
  const bool chosen = sample >= 0 && column >= 0 && sample < static_cast<int>(wall.samples().size()) && column < static_cast<int>(wall.columns().size());
  if (!chosen) return numbers_->setData({});
  const WallColumn& c = wall.columns()[static_cast<std::size_t>(column)];
  d.title = fromCore(c.spec->name) + QStringLiteral(", ") + wall.samples()[static_cast<std::size_t>(sample)].name;
  const Attribution* a = wall.attribution(sample, column);
  if (!report) {
    const QString why = wall.trustProblem(sample, column);
    d.sentence = !a ? tr("There is no map to be checked.") : !why.isEmpty() ? why : wall.busy() ? tr("The check comes after the maps.") : tr("Not checked.");
    d.mark = a && why.isEmpty() && wall.busy() ? TrustMark::Pending : TrustMark::None;
  } else {
    d.mark = markOf(report->verdict);
    d.sentence = fromCore(report->sentence);
    d.warning = fromCore(report->warning.empty() ? c.spec->warning : report->warning);
    for (const TrustFinding& f : report->findings) {
      TrustLine line{fromCore(f.name), numberText(f.value, 3), {}, f.verdict ? markOf(*f.verdict) : TrustMark::None, fromCore(f.sentence)};
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
