// Explain over a table with missing values, as it opens without anything corrected.
#include <gtest/gtest.h>

#include <QTabWidget>
#include <QTemporaryDir>
#include <cmath>

#include "app/explain_tables.h"
#include "tests/app/explain_bench.h"
#include "widgets/explain/set_charts.h"
#include "widgets/maps/pinned_samples_view.h"

namespace vitrine {
namespace {

using namespace test;

TEST(ExplainMissing, ChartsShowWhatTheFileHas) {
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("people.csv"));
  {
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("age,city,born,y\n");
    const char* cities[] = {"A", "B", "C"};
    for (int i = 0; i < 90; ++i)
      file.write(QStringLiteral("%1,%2,%3,%4\n").arg(i % 3 == 0 ? QString::number(20 + i) : QString(), i % 5 == 0 ? QString() : QString::fromLatin1(cities[i % 3])).arg(1950000 + 10 * i).arg(i * 0.5).toUtf8());
  }
  ExplainBench b(nullptr);
  b.window.openPath(path);
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); }));
  ASSERT_TRUE(b.settled());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(3);
  auto* view = b.find<DependenceView>("explainDependence");
  for (const char* column : {"age", "city", "born"}) {
    b.choose("explainFeature", QString::fromLatin1(column));
    ASSERT_TRUE(b.waitFor([&] { return view->data().feature == QLatin1String(column); })) << column << qPrintable(view->placeholder());
    const DependenceData& d = view->data();
    ASSERT_FALSE(d.grid.empty()) << column;
    for (const double v : d.grid) EXPECT_TRUE(std::isfinite(v)) << column;
    if (QLatin1String(column) == QLatin1String("city")) {
      EXPECT_EQ(d.labels, (QStringList{QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("C")}));
    } else {
      EXPECT_TRUE(d.labels.isEmpty()) << column;
      EXPECT_GE(d.grid.front(), 20) << column;
    }
  }
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(2);
  auto* swarm = b.find<BeeswarmView>("explainSwarm");
  ASSERT_TRUE(b.waitFor([&] { return !swarm->isEmpty(); })) << qPrintable(swarm->placeholder());
  const BeeswarmData& s = swarm->data();
  const qsizetype city = s.names.indexOf(QStringLiteral("city")), age = s.names.indexOf(QStringLiteral("age"));
  ASSERT_GE(city, 0);
  int missing = 0;
  for (std::size_t row = 0; row < s.values[0].size(); ++row) {
    const QVariant town = s.own(static_cast<std::size_t>(city), row), years = s.own(static_cast<std::size_t>(age), row);
    EXPECT_TRUE(town.isNull() || (QStringList{QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("C")}).contains(town.toString())) << town.toString().toStdString();
    missing += town.isNull() + years.isNull();
  }
  EXPECT_GT(missing, 0);
}

}  // namespace
}  // namespace vitrine
