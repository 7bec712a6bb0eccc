// What the Data workspace computes, away from the window.
#include <QComboBox>
#include <QLocale>
#include <algorithm>
#include <numeric>

#include "app/data_workspace.h"

namespace vitrine {
namespace {

/// Numbers that correlations are computed of: more are drawn from at random, and the figure says so.
constexpr std::int64_t kMostNumbers = 20'000'000, kMostRanked = 2'000'000'000;
constexpr std::size_t kMostColumns = 500;

}  // namespace

void DataWorkspace::due(View view) {
  due_[view] = true;
  refresh(view);
}

void DataWorkspace::refresh(View view) {
  QWidget* const views[] = {distribution_, correlation_, scatter_, series_, balances_};
  if (!due_[view] || !table_ || !views[view]->isVisible()) return;
  due_[view] = false;
  switch (view) {
    case Distribution: return feedDistribution();
    case Correlations: return feedCorrelation();
    case Scatter: return feedScatter();
    case Series: return feedSeries();
    case Balance: return feedBalance();
    case kViews: return;
  }
}

void DataWorkspace::feedDistribution() {
  if (column_->currentIndex() < 0) return;
  const QString how = group_->currentData().toString();
  work_[Distribution].run([this, table = table_, column = column_->currentData().toInt(), how](std::stop_token stop, const auto&) {
    const RowGroups groups = how == QStringLiteral("part") ? byPart(*table) : how == QStringLiteral("class") ? byClass(*table) : allInOne(*table);
    const std::vector<GroupLook> looks = how == QStringLiteral("part")    ? partLooks(groups)
                                         : how == QStringLiteral("class") ? classLooks(*table, groups)
                                                                          : std::vector<GroupLook>{{tr("all rows"), GroupLook::All, 0}};
    auto d = std::make_shared<DistributionData>(distributionOf(*table, column, groups, looks, stop));
    return [this, d] { distribution_->setData(std::move(*d)); };
  });
}

void DataWorkspace::feedCorrelation() {
  const CorrelationKind kind = kind_->currentIndex() == 0 ? CorrelationKind::Pearson : CorrelationKind::Spearman;
  work_[Correlations].run([this, table = table_, kind](std::stop_token stop, const std::function<void(double)>& progress) {
    auto d = std::make_shared<CorrelationData>();
    d->title = tr("Correlation");
    d->kind = kind;
    std::vector<int> columns;
    std::size_t numeric = 0;
    bool gaps = false;
    for (int c = 0; c < static_cast<int>(table->table->columns.size()); ++c) {
      if (!table->isNumeric(c) || ++numeric > kMostColumns) continue;
      columns.push_back(c);
      gaps = gaps || table->column(c).missing > 0;
    }
    const std::int64_t n = static_cast<std::int64_t>(columns.size());
    std::int64_t most = kMostNumbers / std::max<std::int64_t>(1, n);
    if (kind == CorrelationKind::Spearman && gaps) most = std::min(most, kMostRanked / std::max<std::int64_t>(1, n * n));
    const std::vector<std::int32_t> rows = sampleRows(table->rows(), most);
    std::vector<std::vector<double>> values;
    for (const int c : columns) {
      if (stop.stop_requested()) break;
      const Column& column = table->column(c);
      values.emplace_back();
      values.back().reserve(rows.size());
      for (const std::int32_t r : rows) values.back().push_back(column.value(r));
      d->names << QString::fromStdString(column.name);
    }
    const QLocale locale;
    QStringList notes;
    if (static_cast<std::int64_t>(rows.size()) < table->rows()) notes << tr("%1 of %2 rows, drawn at random").arg(locale.toString(qlonglong(rows.size())), locale.toString(qlonglong(table->rows())));
    if (numeric > kMostColumns) notes << tr("the first %1 of %2 columns").arg(locale.toString(qlonglong(kMostColumns)), locale.toString(qlonglong(numeric)));
    d->note = notes.join(QStringLiteral(", "));
    if (!stop.stop_requested()) d->matrix = correlate(values, kind, stop, progress);
    return [this, d] { correlation_->setData(std::move(*d)); };
  });
}

void DataWorkspace::feedScatter() {
  const std::vector<int> columns = scatterColumns_->chosen();
  if (columns.size() < 2) return;
  work_[Scatter].run([this, table = table_, columns](std::stop_token stop, const auto&) {
    auto d = std::make_shared<ScatterData>(scatterOf(*table, columns, ScatterView::kMostPoints, stop));
    return [this, d] { scatter_->setData(std::move(*d)); };
  });
}

std::vector<std::int32_t> DataWorkspace::seriesSamples() const {
  const QString how = seriesOf_->currentData().toString();
  if (how == QStringLiteral("chosen")) return rows_->chosenSamples(SeriesView::kMostLines);
  if (how == QStringLiteral("pinned")) return document_.pinned();
  return firstSeries(*data_, SeriesView::kMostLines / 2);
}

void DataWorkspace::feedSeries() {
  if (data_->spec.input.rank() != 2) return;
  const QString how = seriesOf_->currentData().toString();
  series_->setPlaceholder(how == QStringLiteral("chosen")   ? tr("Choose rows in the table: their series appear here.")
                          : how == QStringLiteral("pinned") ? tr("Pin samples: their series appear here.")
                                                            : tr("There is nothing to train on."));
  work_[Series].run([this, table = table_, samples = seriesSamples(), features = seriesFeatures_->chosen()](std::stop_token, const auto&) {
    auto d = std::make_shared<SeriesData>(seriesOf(*table, samples, features));
    return [this, d] { series_->setData(std::move(*d)); };
  });
}

void DataWorkspace::feedBalance() {
  work_[Balance].run([this, table = table_](std::stop_token stop, const auto&) {
    auto b = std::make_shared<BalanceData>(balanceOf(*table));
    auto d = std::make_shared<DistributionData>();
    if (table->data->spec.task == Task::Regression && !table->targets.empty()) {
      // Of samples: rows that are in no part have no place here.
      RowGroups parts = byPart(*table);
      std::vector<GroupLook> looks = partLooks(parts);
      if (!parts.keys.empty() && parts.keys.back() == static_cast<int>(Part::Unused)) {
        const std::int32_t unused = static_cast<std::int32_t>(parts.keys.size()) - 1;
        for (std::int32_t& g : parts.of)
          if (g == unused) g = -1;
        looks.pop_back();
      }
      *d = distributionOf(*table, table->targets[0], parts, looks, stop);
    }
    return [this, b, d] {
      balance_->setData(std::move(*b));
      targets_->setData(std::move(*d));
    };
  });
}

}  // namespace vitrine
