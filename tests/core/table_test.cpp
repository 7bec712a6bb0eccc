// Tables as files have them: kinds, encodings, number formats, dates, ARFF.
#include <gtest/gtest.h>

#include <cmath>

#include "core/data/read_table.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

Table csv(const std::string& text, CsvFormat format = {}) { return test::csvTable(text, format); }

std::vector<std::string> texts(const Column& c) {
  std::vector<std::string> out;
  for (std::int64_t r = 0; r < c.size(); ++r) out.push_back(c.text(r));
  return out;
}
using Texts = std::vector<std::string>;

TEST(Table, KindsAreToldFromTheCells) {
  const Table t = csv("id,size,colour,when,empty\nx1,1.5,red,2026-11-24,\nx2,NA,blue,24.11.2026,?\nx3,-2e3,red,2026/02/28,null\n");
  EXPECT_EQ(t.columns[1].kind, ColumnKind::Number);
  EXPECT_EQ(t.columns[1].missing, 1);
  EXPECT_EQ(t.columns[2].kind, ColumnKind::Category);
  EXPECT_EQ(t.columns[2].names, (Texts{"blue", "red"}));
  EXPECT_EQ(t.columns[3].kind, ColumnKind::Date);
  EXPECT_EQ(texts(t.columns[3]), (Texts{"2026-11-24", "2026-11-24", "2026-02-28"}));
  EXPECT_EQ(t.columns[4].missing, 3);
  EXPECT_EQ(t.line(2), 4);
}

TEST(Table, TextsThatHardlyRepeatAreNoCategories) {
  std::string text = "name,n\n";
  for (int i = 0; i < 60; ++i) text += "person" + std::to_string(i) + "," + std::to_string(i) + "\n";
  EXPECT_EQ(csv(text).columns[0].kind, ColumnKind::Text);
}

TEST(Table, FirstRowsMayMislead) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1500; ++i) text += std::to_string(i % 7) + ",1\n";
  for (int i = 0; i < 4000; ++i) text += "low,2\n";
  const Column a = csv(text).columns[0];
  EXPECT_EQ(a.kind, ColumnKind::Category);
  EXPECT_EQ(a.names.size(), 8u);
  EXPECT_EQ(a.missing, 0);
}

TEST(Table, OddCellsAreCountedAndNamed) {
  const Table t = csv("a,b\n1,x\n2,y\noops,x\n4,y\n");
  EXPECT_EQ(t.columns[0].odd, 1);
  EXPECT_EQ(t.columns[0].firstOdd->text(), "row 4, column 'a': found 'oops', expected a number");
}

TEST(Table, DecimalCommasAndThousands) {
  const Table comma = csv("a;b\n1,5;-0,25\n2;3e1\n");
  EXPECT_EQ(comma.columns[0].numbers, (std::vector<double>{1.5f, 2}));
  EXPECT_EQ(comma.columns[1].numbers, (std::vector<double>{-0.25f, 30}));
  CsvFormat f;
  f.thousands = '.';
  f.decimal = ',';
  const Table german = csv("a;b\n1.234.567,5;1.000\n12;999\n", f);
  EXPECT_EQ(german.columns[0].numbers, (std::vector<double>{1234567.5f, 12}));
  EXPECT_EQ(german.columns[1].numbers, (std::vector<double>{1000, 999}));
  f.thousands = ',';
  f.decimal = '.';
  const Table bad = csv("a;b\n1,23;1\n4;5\n5;6\n", f);
  EXPECT_EQ(bad.columns[0].odd, 1) << "a group of two digits is no thousands' mark";
}

TEST(Table, HeadersAreTold) {
  EXPECT_EQ(csv("1,2\n3,4\n").rows(), 2);
  EXPECT_EQ(csv("1,2\n3,4\n").columns[0].name, "column 1");
  EXPECT_EQ(csv("a,b\n3,4\n").rows(), 1);
  EXPECT_EQ(csv("5.1,setosa\n4.9,setosa\n").rows(), 2);
  EXPECT_EQ(csv("name,kind\nanna,x\nbert,y\n").rows(), 2);
  CsvFormat f;
  f.header = 0;
  EXPECT_EQ(csv("name,kind\nanna,x\nbert,y\n", f).rows(), 3);
}

std::string utf16(const std::string& ascii, bool little, bool mark) {
  std::string out = mark ? (little ? "\xff\xfe" : "\xfe\xff") : "";
  for (const char c : ascii) out += little ? std::string{c, '\0'} : std::string{'\0', c};
  return out;
}

TEST(Table, Encodings) {
  const std::string text = "alpha,kind\n1,up\n2,down\n";
  for (const std::string& bytes : {utf16(text, true, true), utf16(text, false, true), utf16(text, true, false), utf16(text, false, false), "\xef\xbb\xbf" + text}) {
    const Table t = csv(bytes);
    ASSERT_EQ(t.columns.size(), 2u);
    EXPECT_EQ(t.columns[0].name, "alpha");
    EXPECT_EQ(t.columns[1].names, (Texts{"down", "up"}));
  }
  CsvFormat f;
  Result<Table> chinese = readCsvTable("\xb3\xc7\xca\xd0,n\n\xb1\xb1\xbe\xa9,1\n\xc9\xcf\xba\xa3,2\n", f);  // 城市; 北京, 上海
  ASSERT_TRUE(chinese.ok()) << chinese.error().text();
  EXPECT_EQ(f.encoding, "GB18030");
  EXPECT_EQ(chinese->columns[0].name, "城市");
  EXPECT_EQ(texts(chinese->columns[0]), (Texts{"北京", "上海"}));
  f = {};
  EXPECT_EQ(readCsvTable("name,n\ncaf\xe9,1\nbar,2\n", f)->columns[0].names, (Texts{"bar", "café"}));
  EXPECT_EQ(f.encoding, "Windows-1252");
  f = {};
  f.encoding = "UTF-8";
  EXPECT_EQ(readCsvTable("name,n\ncaf\xe9,1\n", f).error().text(), "row 2: found bytes that are not UTF-8, expected a file saved as UTF-8");
}

TEST(Dates, AreReadAndShown) {
  EXPECT_EQ(parseDate("1970-01-01"), 0);
  EXPECT_EQ(parseDate("2000-03-01"), 951868800);
  EXPECT_EQ(parseDate("2026-11-24T14:30:05Z"), 1795530605);
  EXPECT_EQ(parseDate("2026-11-24 14:30:05.25"), 1795530605.25);
  EXPECT_EQ(parseDate("2026-11-24T14:30:00+01:00"), parseDate("2026-11-24T13:30:00Z"));
  EXPECT_EQ(parseDate("29.02.2024"), parseDate("2024-02-29"));
  for (const char* bad : {"2023-02-29", "2026-13-01", "2026-1", "24-11-2026", "11/24/2026", "2026-11-24T25:00", "hello", "", "2026-11-24x"})
    EXPECT_TRUE(std::isnan(parseDate(bad))) << bad;
  EXPECT_EQ(dateText(parseDate("1969-12-31 23:59:59")), "1969-12-31 23:59:59");
}

Result<Table> arff(const std::string& text) { return readArffTable(text); }

TEST(Arff, DenseWithAllTypes) {
  const Result<Table> t = arff("% a comment\n@RELATION 'my data'\n@attribute size NUMERIC\n@attribute 'the kind' {small, 'very big', it\\'s}\n@attribute note string\n"
                               "@attribute day date \"yyyy-MM-dd\"\n@data\n1.5, small, 'so \\'it\\' goes', 2026-11-24\n% in between\n?, 'very big', plain, ?\n");
  ASSERT_TRUE(t.ok()) << t.error().text();
  EXPECT_EQ(t->name, "my data");
  EXPECT_EQ(t->columns[0].missing, 1);
  EXPECT_EQ(t->columns[1].names.size(), 3u);
  EXPECT_EQ(texts(t->columns[1]), (Texts{"small", "very big"}));
  EXPECT_EQ(t->columns[2].text(0), "so 'it' goes");
  EXPECT_EQ(texts(t->columns[3]), (Texts{"2026-11-24", ""}));
}

TEST(Arff, SparseRows) {
  const Result<Table> t = arff("@relation r\n@attribute a numeric\n@attribute b {x,y}\n@attribute c numeric\n@data\n{0 3, 2 7}\n{1 y}\n{}\n");
  ASSERT_TRUE(t.ok()) << t.error().text();
  EXPECT_EQ(t->columns[0].numbers, (std::vector<double>{3, 0, 0}));
  EXPECT_EQ(t->columns[1].codes, (std::vector<std::int32_t>{0, 1, 0}));
  EXPECT_EQ(t->columns[2].numbers, (std::vector<double>{7, 0, 0}));
}

TEST(Arff, RefusesWithThePlace) {
  const auto refused = [](const std::string& text) {
    const Result<Table> t = arff(text);
    EXPECT_FALSE(t.ok()) << text;
    return t ? std::string() : t.error().text();
  };
  const std::string head = "@relation r\n@attribute a numeric\n@attribute b {x,y}\n@data\n";
  EXPECT_EQ(refused(head + "1,z\n"), "row 5, column 'b': found 'z', expected one of the 2 values it was declared with");
  EXPECT_EQ(refused(head + "1,x\ntwo,y\n"), "row 6, column 'a': found 'two', expected a number");
  EXPECT_EQ(refused(head + "1\n"), "row 5: found 1 value, expected 2");
  EXPECT_EQ(refused(head + "1,x,3\n"), "row 5: found more after 2 values, expected the end of the line");
  EXPECT_EQ(refused(head + "{5 1}\n"), "row 5: found the index '5', expected a rising index below 2");
  EXPECT_EQ(refused("@relation r\n@attribute a relational\n@data\n"), "row 2: found the type 'relational', expected numeric, a list of values in { }, string or date");
  EXPECT_EQ(refused("hello\n"), "row 1: found 'hello', expected @relation");
  EXPECT_EQ(refused("@relation r\n@attribute a numeric\n"), "row 2: found the end of the file, expected @data");
  EXPECT_EQ(refused(head), "found @data and no rows, expected rows of data");
}

TEST(Arff, CutOrChangedItIsRefusedOrSound) {
  const std::string text = "@relation r\n@attribute a numeric\n@attribute 'b c' {x,'y z'}\n@attribute d string\n@data\n1,x,'a b'\n?, 'y z', \"q\\\"r\"\n{0 3, 2 t}\n";
  const auto sound = [](const Result<Table>& t) {
    if (!t) return;
    for (const Column& c : t->columns) {
      ASSERT_EQ(c.size(), t->rows());
      for (std::int64_t r = 0; r < c.size(); ++r) (void)c.text(r);
    }
  };
  for (std::size_t n = 0; n < text.size(); ++n) sound(arff(text.substr(0, n)));
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    sound(arff(changed));
  }
}

}  // namespace
}  // namespace vitrine
