#include <cmath>
#include <functional>

#include "core/data/csv_records.h"
#include "core/data/open.h"
#include "data_helpers.h"

namespace vitrine {
namespace {

using namespace data_test;

Result<DatasetPtr> openText(const std::string& text, const OpenOptions& options = {}) {
  Folder folder;
  return openData(folder.write("t.csv", text), options);
}

void expectRefused(const std::string& text, const std::string& message) {
  const Result<DatasetPtr> r = openText(text);
  ASSERT_FALSE(r.ok()) << text;
  EXPECT_EQ(r.error().text(), message);
}

std::vector<std::vector<std::string>> cells(const std::string& text, char separator = ',') {
  std::vector<std::vector<std::string>> all;
  CsvRecords records(text, separator);
  while (records.next()) all.emplace_back(records.fields().begin(), records.fields().end());
  EXPECT_FALSE(records.error()) << records.error()->text();
  return all;
}

using Cells = std::vector<std::vector<std::string>>;

// The cases of max-mapper's csv-spectrum, with texts of our own.
TEST(CsvRecords, QuotesSeparatorsAndLineEnds) {
  EXPECT_EQ(cells("a,b\nx,\"York, UK\"\n"), (Cells{{"a", "b"}, {"x", "York, UK"}}));
  EXPECT_EQ(cells("a,b,c\n1,\"\",\"\"\n2,,\n"), (Cells{{"a", "b", "c"}, {"1", "", ""}, {"2", "", ""}}));
  EXPECT_EQ(cells("a,b\r\n1,\"\"\r\n2,3\r\n"), (Cells{{"a", "b"}, {"1", ""}, {"2", "3"}}));
  EXPECT_EQ(cells("a,b\n1,\"so \"\"said\"\" he\"\n"), (Cells{{"a", "b"}, {"1", "so \"said\" he"}}));
  EXPECT_EQ(cells("k,v\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [7.5, 50.1]}\"\n"),
            (Cells{{"k", "v"}, {"1", "{\"type\": \"Point\", \"at\": [7.5, 50.1]}"}}));
  EXPECT_EQ(cells("a,b\n\"one\ntwo\",2\n3,4\n"), (Cells{{"a", "b"}, {"one\ntwo", "2"}, {"3", "4"}}));
  EXPECT_EQ(cells("a,b\r\n\"one\r\ntwo\",2\r\n"), (Cells{{"a", "b"}, {"one\r\ntwo", "2"}}));
  EXPECT_EQ(cells("a,b\n\"\"\"\n\"\"\",\"x\"\"\"\n"), (Cells{{"a", "b"}, {"\"\n\"", "x\""}}));
  EXPECT_EQ(cells("a,b\n1,ʤ\n"), (Cells{{"a", "b"}, {"1", "ʤ"}}));
  EXPECT_EQ(cells("a\tb\n1\t\"x\ty\"", '\t'), (Cells{{"a", "b"}, {"1", "x\ty"}}));
  EXPECT_EQ(cells("a,b\r1,2\r\r3,4"), (Cells{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
}

TEST(CsvRecords, LinesAreCountedAsAnEditorDoes) {
  CsvRecords records("a\r\n\r\n\"x\r\ny\nz\"\n\nb", ',');
  std::vector<std::int64_t> lines;
  while (records.next()) lines.push_back(records.line());
  EXPECT_EQ(lines, (std::vector<std::int64_t>{1, 3, 7}));
}

TEST(CsvRecords, WrittenFieldsAreReadBack) {
  for (const std::string text : {"", "plain", "a,b", "a\"b", "\"", "two\nlines", "\r\n", " space "})
    EXPECT_EQ(cells("x," + csvField(text) + "\n"), (Cells{{"x", text}}));
}

TEST(Csv, IrisBecomesThreeClasses) {
  const Result<DatasetPtr> data = openData(std::string(VITRINE_TEST_DATA) + "/iris.csv");
  ASSERT_TRUE(data.ok()) << data.error().text();
  const Dataset& d = **data;
  EXPECT_EQ(d.name, "iris");
  EXPECT_EQ(d.spec, (DataSpec{{4}, 3, Task::Classification, {"setosa", "versicolor", "virginica"}}));
  EXPECT_EQ(d.featureNames, (std::vector<std::string>{"sepal_length", "sepal_width", "petal_length", "petal_width"}));
  EXPECT_EQ(d.targetName, "species");
  EXPECT_EQ(d.count(), 150);
  EXPECT_EQ(d.train.size(), 120u);
  std::vector<int> held(3);
  for (const std::int32_t row : d.validation) ++held[static_cast<std::size_t>(d.classes[static_cast<std::size_t>(row)])];
  EXPECT_EQ(held, (std::vector<int>{10, 10, 10}));
  EXPECT_EQ(d.inputs.raw(0, 3), static_cast<double>(0.2f));
  EXPECT_EQ(d.source.sha256, *fileSha256(std::string(VITRINE_TEST_DATA) + "/iris.csv"));
  // What the network gets has mean 0 and deviation 1 over the training rows.
  std::vector<Real> x(120 * 4);
  gatherInputs(d, d.train, x.data());
  for (std::size_t c = 0; c < 4; ++c) {
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < 120; ++r) sum += x[r * 4 + c], squares += x[r * 4 + c] * x[r * 4 + c];
    EXPECT_NEAR(sum / 120, 0, 1e-5);
    EXPECT_NEAR(squares / 120, 1, 1e-5);
  }
}

TEST(Csv, ScalingMatchesScikitLearnOverAllRows) {
  const Result<DatasetPtr> data = openData(std::string(VITRINE_TEST_DATA) + "/iris.csv", {1, 0});
  ASSERT_TRUE(data.ok()) << data.error().text();
  ASSERT_EQ((*data)->train.size(), 150u);
  const std::vector<double> mean{5.84333333, 3.05733333, 3.758, 1.19933333}, deviation{0.82530129, 0.43441097, 1.75940407, 0.75969263};
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_NEAR((*data)->inputScaling.mean[c], mean[c], 1e-6);
    EXPECT_NEAR((*data)->inputScaling.deviation[c], deviation[c], 1e-6);
  }
}

TEST(Csv, HeldBackRowsChangeNoFittedValue) {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + "," + std::to_string(i * i) + "," + std::to_string(i) + ".5\n";
  const DatasetPtr before = *openText(text);
  for (const std::int32_t row : before->validation) {
    const std::string line = "\n" + std::to_string(row) + "," + std::to_string(row * row) + "," + std::to_string(row) + ".5\n";
    text.replace(text.find(line), line.size(), "\n9999,-7777,123456\n");
  }
  const DatasetPtr after = *openText(text);
  EXPECT_NE(before->source.sha256, after->source.sha256);
  EXPECT_EQ(before->validation, after->validation);
  EXPECT_EQ(before->inputScaling, after->inputScaling);
  EXPECT_EQ(before->targetScaling, after->targetScaling);
}

TEST(Csv, SeparatorByteOrderMarkAndLineEndsMakeNoDifference) {
  const DatasetPtr plain = *openText("a,b,y\n1,2.5,no\n-3,4e2,yes\n");
  for (const std::string text : {"a;b;y\n1;2.5;no\n-3;4e2;yes\n", "a\tb\ty\n1\t2.5\tno\n-3\t4e2\tyes", "\xef\xbb\xbf" "a,b,y\r\n1,2.5,no\r\n-3,4e2,yes\r\n",
                                "\"a\",\"b\",\"y\"\n\" 1\",+2.5,no\n\n-3.0,400, yes \n"}) {
    const Result<DatasetPtr> data = openText(text);
    ASSERT_TRUE(data.ok()) << data.error().text();
    EXPECT_EQ((*data)->spec, plain->spec);
    EXPECT_EQ((*data)->featureNames, plain->featureNames);
    EXPECT_EQ((*data)->classes, plain->classes);
    for (int i = 0; i < 2; ++i)
      for (int row = 0; row < 2; ++row) EXPECT_EQ((*data)->inputs.raw(row, i), plain->inputs.raw(row, i));
  }
}

std::string tableOf(int rows, const std::function<std::string(int)>& target) {
  std::string text = "x,y\n";
  for (int i = 0; i < rows; ++i) text += std::to_string(i) + "," + target(i) + "\n";
  return text;
}

TEST(Csv, TargetKindIsToldFromItsValues) {
  const auto spec = [](int rows, const std::function<std::string(int)>& target) {
    const Result<DatasetPtr> r = openText(tableOf(rows, target));
    EXPECT_TRUE(r.ok()) << r.error().text();
    return (*r)->spec;
  };
  EXPECT_EQ(spec(30, [](int i) { return std::to_string(10 - i % 3); }).classes, (std::vector<std::string>{"8", "9", "10"}));
  EXPECT_EQ(spec(30, [](int i) { return i % 2 ? "1.0" : "-0"; }).classes, (std::vector<std::string>{"0", "1"}));
  EXPECT_EQ(spec(41, [](int i) { return std::to_string(i % 20); }).task, Task::Classification);
  EXPECT_EQ(spec(40, [](int i) { return std::to_string(i % 20); }).task, Task::Regression) << "half of the rows differ";
  EXPECT_EQ(spec(100, [](int i) { return std::to_string(i % 21); }).task, Task::Regression) << "21 values";
  EXPECT_EQ(spec(30, [](int i) { return std::to_string(i); }), (DataSpec{{1}, 1, Task::Regression, {}}));
  EXPECT_EQ(spec(30, [](int i) { return i % 2 ? "0.5" : "1.5"; }).task, Task::Regression) << "not whole";
  EXPECT_EQ(spec(30, [](int i) { return i % 2 ? "no" : "7"; }).classes, (std::vector<std::string>{"7", "no"}));
}

TEST(Csv, RegressionTargetsAreScaledAndScaledBack) {
  const DatasetPtr data = *openText(tableOf(50, [](int i) { return std::to_string(250000 + 1000 * i); }));
  EXPECT_EQ(data->targets[3], 253000.0f);
  Real z = 0;
  gatherTargets(*data, std::vector<std::int32_t>{3}, &z);
  EXPECT_LT(std::abs(z), 2);
  EXPECT_NEAR(targetInUnits(*data, 0, z), 253000, 0.1);
}

TEST(Csv, ConstantColumnIsOnlyMoved) {
  const DatasetPtr data = *openText("x,c,y\n1,0.1,a\n2,0.1,b\n3,0.1,a\n4,0.1,b\n5,0.1,a\n");
  EXPECT_EQ(data->inputScaling.deviation[1], 1);
  std::vector<Real> out(2);
  gatherInputs(*data, std::vector<std::int32_t>{2}, out.data());
  EXPECT_EQ(out[1], 0);
  const double raw[2] = {3, 0.1};
  std::vector<Real> same(2);
  prepareInputs(*data, 1, raw, same.data());
  EXPECT_EQ(same, out);
}

TEST(Csv, RefusesWithThePlace) {
  expectRefused("age,y\n1,a\n2,b\nabc,a\n", "t.csv, row 4, column 'age': found 'abc', expected a number");
  expectRefused("note,age,y\n\"1\",2,a\n\n3,\"x\ny\",b\n5,6,a\n", "t.csv, row 4, column 'age': found 'x\ny', expected a number");
  expectRefused("age,y\n1,a\n-inf,b\n3,a\n", "t.csv, row 3, column 'age': found '-inf', expected a finite number");
  expectRefused("age,y\n1,a\n1e39,b\n", "t.csv, row 3, column 'age': found '1e39', expected a number of at most 3.4e38 in size");
  expectRefused("age,y\n1,a\n1e999,b\n", "t.csv, row 3, column 'age': found '1e999', expected a number of at most 3.4e38 in size");
  expectRefused("age,y\n1,1.5\n2,oops\n3,4\n", "t.csv, row 3, column 'y': found 'oops', expected a number");
  expectRefused("a,b,y\n1,2,u\n3,v\n", "t.csv, row 3: found 2 cells, expected 3 as in the header");
  expectRefused("a,b,y\n1,2,u\n3,4,v,w\n", "t.csv, row 3: found 4 cells, expected 3 as in the header");
  expectRefused("", "t.csv: found an empty file, expected a header line and rows of numbers");
  expectRefused("\xef\xbb\xbf\r\n\r\n", "t.csv: found an empty file, expected a header line and rows of numbers");
  expectRefused("a,b,y\n", "t.csv: found a header and no rows, expected rows of data");
  expectRefused("a\nb\nc\n", "t.csv, row 1: found one column that is not of numbers, expected at least one feature and the target, separated by comma, semicolon or tab; or a series of numbers");
  expectRefused("a,y\n1,u\n2,u\n", "t.csv, column 'y': found only the value 'u', expected a target with at least two different values");
  expectRefused("a,y\n1,7\n2,7\n", "t.csv, column 'y': found only the value '7', expected a target with at least two different values");
  expectRefused("a,y\n1,\"u\n2,v\n", "t.csv, row 2: found a quoted field without its end, expected a closing '\"'");
  expectRefused("a,y\n1,\"u\"v\n", "t.csv, row 2: found text after a closing quote, expected a separator or the end of the line");
  expectRefused(std::string("a,y\n1,\0\n", 8), "t.csv, row 2: found a zero byte, expected text");
  expectRefused(tableOf(30, [](int i) { return "name" + std::to_string(i); }),
                "t.csv, column 'y': found 30 different texts in 30 rows, expected class names that repeat (at most 1000), or numbers");
}

TEST(Csv, HeaderNamesAreMadeUnique) {
  const DatasetPtr data = *openText(",a,a,y\n1.5,2,3,u\n4,5,6,v\n");
  EXPECT_EQ(data->featureNames, (std::vector<std::string>{"column 1", "a", "a (2)"}));
}

TEST(Csv, NumbersTooNearZeroAreKeptAsZero) {
  const DatasetPtr data = *openText("a,y\n1e-60,u\n4,v\n");
  EXPECT_EQ(data->inputs.raw(0, 0), 0);
}

void expectSound(const Result<DatasetPtr>& r) {
  if (!r.ok()) {
    EXPECT_EQ(r.error().file, "t.csv");
    return;
  }
  const Dataset& d = **r;
  EXPECT_EQ(static_cast<std::int64_t>(d.train.size() + d.validation.size()), d.count());
  std::vector<Real> out(static_cast<std::size_t>(d.inputs.size() * static_cast<std::int64_t>(d.train.size())));
  gatherInputs(d, d.train, out.data());
  for (const Real x : out) ASSERT_TRUE(std::isfinite(x));
}

TEST(Csv, CutOrChangedItIsRefusedOrSound) {
  std::string text = "\xef\xbb\xbf" "alpha,\"be\"\"ta\",größe,kind\r\n";
  for (int i = 0; i < 24; ++i) text += std::to_string(i) + ",\"-" + std::to_string(i * 7) + ".25e1\"," + std::to_string(i % 4) + (i % 2 ? ",\"up, or\r\nso\"\r\n" : ",down\r\n");
  ASSERT_TRUE(openText(text).ok()) << openText(text).error().text();
  ASSERT_GT(text.size(), 512u);
  Folder folder;
  for (std::size_t n = 0; n < text.size(); ++n) expectSound(openData(folder.write("t.csv", text.substr(0, n))));
  for (std::size_t bit = 0; bit < 8 * 512; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    expectSound(openData(folder.write("t.csv", changed)));
  }
}

}  // namespace
}  // namespace vitrine
