// Text files as people really have them: encodings, separators, number formats, headers, preambles, marks, labels.
#include <gtest/gtest.h>

#include <cmath>

#include "core/base/numbers.h"
#include "core/data/open.h"
#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "core/data/text_encoding.h"

namespace vitrine {
namespace {

using Texts = std::vector<std::string>;

TableFile opened(const std::string& text, const Recipe& recipe = {}) {
  Result<TableFile> file = readTableBytes(text, "csv", "t.csv", recipe);
  if (!file) return ADD_FAILURE() << file.error().text() << "\n" << text.substr(0, 200), TableFile{std::make_shared<const Table>(), {}, {}, {}, {}};
  return *file;
}

DatasetPtr prepared(const TableFile& file) {
  Result<DatasetPtr> data = prepareFile(file, file.recipe);
  if (!data) return ADD_FAILURE() << data.error().text(), nullptr;
  return *data;
}

std::string refusal(const std::string& text) {
  const Result<TableFile> file = readTableBytes(text, "csv", "t.csv", {});
  if (!file) return file.error().text();
  const Result<DatasetPtr> data = prepareFile(*file, file->recipe);
  return data ? "" : data.error().text();
}

Texts names(const TableFile& f) {
  Texts out;
  for (const Column& c : f.table->columns) out.push_back(c.name);
  return out;
}

Texts cells(const Column& c, std::int64_t most = 4) {
  Texts out;
  for (std::int64_t r = 0; r < std::min(most, c.size()); ++r) out.push_back(c.text(r));
  return out;
}

/// `head`, then `n` rows.
template <class F>
std::string rows(const std::string& head, F&& row, int n = 30) {
  std::string text = head;
  for (int i = 0; i < n; ++i) text += row(i) + "\n";
  return text;
}
std::string num(int i) { return std::to_string(i); }

struct EncodingCase {
  const char* encoding;
  std::string bytes;
  Texts words;
};

TEST(TextFiles, EncodingIsToldByHowTheWordsRead) {
  const auto table = [](const Texts& words) { return rows("x,name\n", [&](int i) { return num(i) + "," + words[static_cast<std::size_t>(i) % words.size()]; }); };
  const EncodingCase cases[] = {
      {"Windows-1252", table({"K\xf6ln", "M\xfcnchen", "m\xe4\xdfig"}), {"Köln", "München", "mäßig"}},
      {"Windows-1252", table({"tr\xe8s bien", "\xe9lev\xe9", "gar\xe7on"}), {"très bien", "élevé", "garçon"}},
      {"Windows-1252", table({"ma\xf1" "ana", "\xbfqu\xe9?", "ni\xf1o"}), {"mañana", "¿qué?", "niño"}},
      {"Windows-1252", table({"10 \x80", "\x93gut\x94", "20 \xb0" "C"}), {"10 €", "“gut”", "20 °C"}},
      {"Windows-1252", table({"GR\xd6SSE", "\xdc" "BER", "H\xd6HE"}), {"GRÖSSE", "ÜBER", "HÖHE"}},
      {"Windows-1250", table({"\xa3\xf3" "d\x9f", "Krak\xf3w", "Gda\xf1sk"}), {"Łódź", "Kraków", "Gdańsk"}},
      {"Windows-1251", table({"\xc8\xe2\xe0\xed", "\xcc\xee\xf1\xea\xe2\xe0", "\xcf\xb8\xf2\xf0"}), {"Иван", "Москва", "Пётр"}},
      {"GB18030", table({"\xb1\xb1\xbe\xa9", "\xc9\xcf\xba\xa3", "\xb9\xe3\xd6\xdd"}), {"北京", "上海", "广州"}},
      {"GB18030", table({"\xc4\xd0", "\xc5\xae"}), {"男", "女"}},
      {"Shift_JIS", table({"\x82\xb3\x82\xad\x82\xe7", "\x82\xbd\x82\xeb\x82\xa4"}), {"さくら", "たろう"}},
      {"EUC-KR", table({"\xbc\xad\xbf\xef", "\xba\xce\xbb\xea", "\xb4\xeb\xb1\xb8", "\xb1\xa4\xc1\xd6"}), {"서울", "부산", "대구", "광주"}},
      {"UTF-8", table({"Köln", "北京", "Иван"}), {"Köln", "北京", "Иван"}},
  };
  for (const EncodingCase& c : cases) {
    const TableFile f = opened(c.bytes);
    EXPECT_EQ(f.recipe.format.encoding, c.encoding) << c.words[0];
    ASSERT_EQ(f.table->columns.size(), 2u);
    EXPECT_EQ(cells(f.table->columns[1], static_cast<std::int64_t>(c.words.size())), c.words);
  }
}

TEST(TextFiles, LettersFarDownTellTheEncoding) {
  const std::string text = rows("name,x\n", [](int i) { return "n" + num(i % 5) + "," + num(i); }, 60000) + "M\xfcller,3\nK\xf6ln,4\n";
  const TableFile f = opened(text);
  EXPECT_EQ(f.recipe.format.encoding, "Windows-1252");
  EXPECT_EQ(f.table->columns[0].text(60000), "Müller");
}

TEST(TextFiles, SamplesShowTheWordsInEveryEncoding) {
  const std::vector<EncodingSample> samples = encodingSamples("Gr\xf6\xdf" "e;n\nK\xf6ln;1\n");
  const auto words = [&](const std::string& encoding) {
    for (const EncodingSample& s : samples)
      if (s.encoding == encoding) return s.words;
    return std::string("none");
  };
  EXPECT_EQ(words("Windows-1252"), "Größe, Köln");
  EXPECT_EQ(words("Windows-1251"), "GrцЯe, Kцln");
  EXPECT_EQ(words("UTF-8"), "none");
  EXPECT_TRUE(encodingSamples("a,b\n1,2\n").empty());
}

TEST(TextFiles, AFaultInUtf8IsNamedInsteadOfGuessedAround) {
  EXPECT_EQ(refusal(rows("größe,x\n", [](int i) { return "Köln" + num(i % 2) + "," + num(i); }) + "M\xfcller,3\n"), "t.csv, row 32: found bytes that are not UTF-8, expected a file saved as UTF-8");
}

struct NumberCase {
  std::string text;
  char separator, decimal, thousands;
  std::vector<double> first;  ///< of the first row's numbers
};

TEST(TextFiles, SeparatorAndNumbersAreToldTogether) {
  const auto klass = [](int i) { return std::string(i % 2 ? "gut" : "schlecht"); };
  const auto three = [](int i) { return num(1000 + i).substr(1); };
  const NumberCase cases[] = {
      {rows("", [&](int i) { return num(i) + ",25;0,7" + num(i % 10) + ";" + klass(i); }), ';', ',', 0, {0.25, 0.7}},
      {rows("", [&](int i) { return num(i) + ",25\t" + num(i * 2) + ",5\t0,7" + num(i % 10); }), '\t', ',', 0, {0.25, 0.5, 0.7}},
      {rows("a;b;y\n", [&](int i) { return "1." + three(i) + ";5," + num(i % 10) + ";" + klass(i); }), ';', ',', '.', {1000, 5}},
      {rows("a;b;y\n", [&](int i) { return "1." + three(i) + ",50;" + num(i) + ";" + klass(i); }), ';', ',', '.', {1000.5, 0}},
      {rows("a,b,y\n", [&](int i) { return num(i) + ",\"1," + three(i) + "\"," + klass(i); }), ',', '.', ',', {0, 1000}},
      {rows("a,b,y\n", [&](int i) { return "\"" + num(i + 1) + ",234.50\"," + num(i) + "," + klass(i); }), ',', '.', ',', {1234.5, 0}},
      {rows("a;b;y\n", [&](int i) { return "1 " + three(i) + ",50;" + num(i) + ";" + klass(i); }), ';', ',', ' ', {1000.5, 0}},
      {rows("a;b;y\n", [&](int i) { return "1\u202f" + three(i) + ",50;" + num(i) + ";" + klass(i); }), ';', ',', ' ', {1000.5, 0}},
      {rows("a;b;y\n", [&](int i) { return "1'" + three(i) + ".50;" + num(i) + ";" + klass(i); }), ';', '.', '\'', {1000.5, 0}},
      {rows("a\tb\ty\n", [&](int i) { return num(i + 1) + "," + three(i) + "\t" + num(i) + ".5\t" + klass(i); }), '\t', '.', ',', {1000, 0.5}},
      {rows("a;b;y\n", [&](int i) { return "1," + three(i) + ";2," + three(i * 7) + ";" + klass(i); }), ';', ',', 0, {1, 2}},
      {rows("a|b|y\n", [&](int i) { return num(i) + "|" + num(i) + ".5|" + klass(i); }), '|', '.', 0, {0, 0.5}},
      {rows("", [&](int i) { return "  " + num(i) + ".5   " + num(i * 2) + "  2.5 "; }), ' ', '.', 0, {0.5, 0, 2.5}},
      {rows("", [&](int i) { return num(i) + ",5   " + num(i * 2) + ",25  " + klass(i); }), ' ', ',', 0, {0.5, 0.25}},
      {rows("mpg cyl  name\n", [&](int i) { return " " + num(i) + ".1   " + num(i % 4) + "\t\"ford " + num(i % 3) + "\""; }), ' ', '.', 0, {0.1, 0}},
  };
  for (const NumberCase& c : cases) {
    const TableFile f = opened(c.text);
    EXPECT_EQ(f.recipe.format.separator, c.separator) << c.text.substr(0, 80);
    EXPECT_EQ(f.recipe.format.decimal, c.decimal) << c.text.substr(0, 80);
    EXPECT_EQ(f.recipe.format.thousands.value_or(0), c.thousands) << c.text.substr(0, 80);
    ASSERT_GE(f.table->columns.size(), c.first.size()) << c.text.substr(0, 80);
    for (std::size_t k = 0; k < c.first.size(); ++k) {
      ASSERT_EQ(f.table->columns[k].kind, ColumnKind::Number) << c.text.substr(0, 80);
      EXPECT_NEAR(f.table->columns[k].numbers[0], c.first[k], 1e-12) << c.text.substr(0, 80);
    }
  }
}

TEST(TextFiles, ATextWithCommasIsNoReasonToCutThere) {
  const TableFile f = opened(rows("date;amount;who\n", [](int i) { return "April " + num(i + 1) + ", 2023;" + num(i) + ".00;" + (i % 2 ? "Ray" : "Tim"); }));
  EXPECT_EQ(names(f), (Texts{"date", "amount", "who"}));
  EXPECT_EQ(f.table->columns[0].text(0), "April 1, 2023");
}

TEST(TextFiles, HeadersOfNumbersAndRowsOfText) {
  EXPECT_EQ(names(opened(rows("region,2023,2024\n", [](int i) { return std::string(i % 2 ? "EMEA," : "APAC,") + num(i) + "," + num(2 * i); }))), (Texts{"region", "2023", "2024"}));
  EXPECT_EQ(names(opened(rows("0,1,2,target\n", [](int i) { return num(i) + ".5,1.2,0." + num(i % 7) + (i % 2 ? ",a" : ",b"); }))), (Texts{"0", "1", "2", "target"}));
  EXPECT_EQ(names(opened(rows("0,1,2,3\n", [](int i) { return num(i) + ".5,1.2,0." + num(i % 7) + "," + num(i % 2); }))), (Texts{"0", "1", "2", "3"}));
  const auto rowsOf = [](const std::string& text) { return opened(text).table->rows(); };
  EXPECT_EQ(rowsOf(rows("", [](int i) { return num(i % 7) + "," + num(i % 5) + (i % 2 ? ",a" : ",b"); })), 30);
  EXPECT_EQ(rowsOf(rows("3,2,rare\n", [](int i) { return num(i % 7) + "," + num(i % 5) + (i % 2 ? ",a" : ",b"); })), 31) << "a class of one row is no name";
  EXPECT_EQ(rowsOf(rows("", [](int i) { return "b,20." + num(i) + ",u," + (i % 3 ? "+" : "-"); })), 30) << "+ and - are classes";
  EXPECT_EQ(rowsOf(rows("", [](int i) { return "2024-03-05 11:" + num(10 + i) + ":00," + num(i) + ".5"; })), 30);
}

TEST(TextFiles, WhatStandsBeforeTheTableIsPassedOverAndSaid) {
  const auto body = [](int i) { return num(i) + ";" + num(2 * i) + (i % 2 ? ";u" : ";v"); };
  const auto notes = [](const TableFile& f) {
    std::string all;
    for (const std::string& n : f.table->notes) all += n + "\n";
    return all;
  };
  for (const std::string& head : std::initializer_list<std::string>{"sep=;\na;b;c\n", "\"sep=;\"\na;b;c\n", "\n\na;b;c\n", "# exported\n# by X\na;b;c\n", "Report of station 5\nMade on 2024-03-05, by me\n\na;b;c\n", "a;b;c\n[mm];[s];[-]\n", "a;b;c\nmm;s;\n", "% made\na;b;c\n", "# a;b;c\n"}) {
    const TableFile f = opened(rows(head, body));
    EXPECT_EQ(names(f), (Texts{"a", "b", "c"})) << head;
    EXPECT_EQ(f.table->rows(), 30) << head;
    EXPECT_EQ(f.table->columns[0].kind, ColumnKind::Number) << head;
    EXPECT_EQ(notes(f).empty(), head == "\n\na;b;c\n") << head << notes(f);
  }
  EXPECT_EQ(notes(opened(rows("a;b;c\n[mm];[s];[-]\n", body))), "Row 2 is taken for units ([mm], [s], [-]) and passed over.\n");
  // What was detected can be said otherwise: the comments are two lines to skip.
  Recipe recipe;
  recipe.format.skip = 2;
  recipe.format.comment = '\0';
  EXPECT_EQ(opened(rows("# exported\n# by X\na;b;c\n", body), recipe).table->rows(), 30);
  // Comments between rows, and a column that is called "#".
  EXPECT_EQ(opened(rows("# exported\na;b;c\n", [&](int i) { return i == 7 ? std::string("# pause") : body(i); })).table->rows(), 29);
  EXPECT_EQ(names(opened(rows("#;b;c\n", body))), (Texts{"#", "b", "c"}));
}

TEST(TextFiles, SeparatorsAtTheEndsMakeNoColumns) {
  const Texts abc{"a", "b", "c"};
  EXPECT_EQ(names(opened(rows("a,b,c,\n", [](int i) { return num(i) + ",1,u,"; }))), abc);
  EXPECT_EQ(names(opened(rows("a,b,c\n", [](int i) { return num(i) + ",1,u,"; }))), abc);
  EXPECT_EQ(names(opened(rows("a,b,c,\n", [](int i) { return num(i) + ",1,u"; }))), abc);
  EXPECT_EQ(names(opened(rows(";a;b;c;;\n", [](int i) { return ";" + num(i) + ";1;u;;"; }))), abc);
  EXPECT_EQ(opened(rows(";a;b;c;;\n", [](int i) { return ";" + num(i) + ";1;u;;"; })).table->notes, (Texts{"3 columns without names and without values are left out."}));
}

TEST(TextFiles, QuotesMayStandAfterBlanksAndNeverShiftCells) {
  const TableFile f = opened(rows("\"height\", \"weight\", \"sex\"\n", [](int i) { return "\"15" + num(i % 10) + "\", \"50.5\" , \"male, adult " + num(i % 2) + "\""; }));
  EXPECT_EQ(names(f), (Texts{"height", "weight", "sex"}));
  EXPECT_EQ(f.table->columns[2].text(0), "male, adult 0");
  EXPECT_EQ(f.table->columns[0].kind, ColumnKind::Number);
  // A quote within a bare cell is a letter, unless a separator would be cut within quotes.
  EXPECT_EQ(opened(rows("n,h,w\n", [](int i) { return "a" + num(i % 3) + ",5'11\"," + num(i); })).table->columns[1].text(0), "5'11\"");
  EXPECT_EQ(refusal(rows("n,h,w\n", [](int i) { return "a" + num(i) + " \"the, great\",1,2"; })),
            "t.csv, row 2: found a separator within quotes that do not begin their cell, expected quotes around the whole cell, those within it doubled");
}

TEST(TextFiles, ColumnsThatOnlyNameTheRowsAreNoFeatures) {
  const auto roles = [](const std::string& text) {
    std::string out;
    for (const ColumnPlan& c : opened(text).recipe.columns) out += c.role == Role::Ignore ? 'i' : c.role == Role::Target ? 't' : 'f';
    return out;
  };
  EXPECT_EQ(roles(rows(",a,b,y\n", [](int i) { return num(i) + "," + num(i % 7) + ",1.5," + num(i % 2); })), "ifft");
  EXPECT_EQ(roles(rows("Unnamed: 0,a,b,y\n", [](int i) { return num(i + 1) + "," + num(i % 7) + ",1.5," + num(i % 2); })), "ifft");
  EXPECT_EQ(roles(rows("\"\",\"a\",\"y\"\n", [](int i) { return "\"Car " + num(i) + "\"," + num(i % 7) + ",\"" + num(i % 2) + "\""; })), "ift") << "R's write.csv";
  EXPECT_EQ(roles(rows("\"a\" \"b\" \"y\"\n", [](int i) { return "\"" + num(i + 1) + "\" " + num(i % 7) + " 1.5 \"" + (i % 2 ? "p" : "q") + "\""; })), "ifft") << "R's write.table";
  EXPECT_EQ(roles(rows("Id,a,b,y\n", [](int i) { return num(i + 1) + "," + num(i % 7) + ",1.5," + num(i % 2); })), "ifft");
  EXPECT_EQ(roles(rows("t,a,b,y\n", [](int i) { return num(i) + "," + num(i % 7) + ",1.5," + num(i % 2); })), "ffft") << "time may count too";
}

TEST(TextFiles, MarksAreMissingOrClasses) {
  const auto column = [](const Texts& values, std::size_t n = 60) {
    return opened(rows("x,c\n", [&](int i) { return num(i) + "," + values[static_cast<std::size_t>(i) % values.size()]; }, static_cast<int>(n))).table->columns[1];
  };
  EXPECT_EQ(column({"NA", "ZA", "BW"}).names, (Texts{"BW", "NA", "ZA"}));
  EXPECT_EQ(column({"+", "-"}).names, (Texts{"+", "-"}));
  EXPECT_EQ(column({"+", "+", "+", "+", "-"}).names, (Texts{"+", "-"})) << "one value alone is no class column";
  EXPECT_EQ(column({"a", "b", "?"}).missing, 20) << "a question mark asks";
  const Column rare = column({"a", "b", "a", "b", "a", "b", "a", "b", "a", "b", "a", "NA"});
  EXPECT_EQ(rare.missing, 5);
  EXPECT_EQ(rare.names, (Texts{"a", "b"}));
  const TableFile f = opened(rows("c,x\n", [](int i) { return std::string(i % 3 ? i % 3 == 1 ? "ZA" : "BW" : "NA") + "," + num(i); }));
  EXPECT_EQ(prepared(f)->notes[0], "In 'c', 10 cells 'NA' count as a value, not as missing.");
  // Said otherwise for the column.
  Recipe other = f.recipe;
  other.columns[0].marksMissing = true;
  EXPECT_EQ(opened(rows("c,x\n", [](int i) { return std::string(i % 3 ? i % 3 == 1 ? "ZA" : "BW" : "NA") + "," + num(i); }), other).table->columns[0].missing, 10);
}

TEST(TextFiles, LookalikesOfNumbersAreLabels) {
  const auto kind = [](const Texts& values, int n = 40) {
    return opened(rows("c,y\n", [&](int i) { return values[static_cast<std::size_t>(i) % values.size()] + "," + num(i % 2); }, n)).table->columns[0];
  };
  EXPECT_EQ(kind({"007", "07", "7"}).names, (Texts{"007", "07", "7"}));
  EXPECT_EQ(kind({"01234", "90210", "10001"}).names, (Texts{"01234", "10001", "90210"}));
  EXPECT_EQ(kind({"0047583311587DD90005", "0047583311587E590003"}).names.size(), 2u);
  EXPECT_EQ(kind({"1E5", "2F3", "10A", "99"}).names, (Texts{"10A", "1E5", "2F3", "99"}));
  EXPECT_EQ(kind({"nan", "inf", "infinity", "Nan Li"}).names, (Texts{"Nan Li", "inf", "infinity", "nan"}));
  EXPECT_EQ(kind({"1234567890123456780", "1234567890123456781"}).names.size(), 2u) << "too long for a number to keep";
  EXPECT_EQ(kind({"0.5", "0", "-0.25", "1e-3", "00.5"}).kind, ColumnKind::Number);
  EXPECT_EQ(kind({"9007199254740991", "9007199254740992"}).kind, ColumnKind::Number);
  // Far down, beyond what kinds are told from.
  std::string text = rows("zip,y\n", [](int i) { return num(90000 + i % 7) + "," + num(i % 2); }, 2000);
  text = rows(text, [](int i) { return "0" + num(1000 + i % 7) + "," + num(i % 2); }, 200);
  EXPECT_EQ(opened(text).table->columns[0].text(2000), "01000");
}

TEST(TextFiles, WholeNumbersKeepTheirDigits) {
  const DatasetPtr data = prepared(opened(rows("x,y\n", [](int i) { return num(i) + "," + num(16777216 + i % 3); })));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->spec.classes, (Texts{"16777216", "16777217", "16777218"}));
  const DatasetPtr millions = prepared(opened(rows("x,price\n", [](int i) { return num(i) + "," + num(1000000 + 350000 * (i % 2)); })));
  EXPECT_EQ(millions->spec.classes, (Texts{"1000000", "1350000"}));
  const TableFile f = opened(rows("when,id,y\n", [](int i) { return "2024-03-05 10:00:" + num(10 + i) + ",2023110500" + num(i % 3) + "," + num(i % 2); }));
  EXPECT_EQ(f.table->columns[0].text(1), "2024-03-05 10:00:11");
  EXPECT_EQ(f.table->columns[1].text(2), "20231105002");
  EXPECT_EQ(numberText(9007199254740991.0), "9007199254740991");
  EXPECT_EQ(numberText(1e6), "1000000");
  EXPECT_EQ(numberText(1e6f), "1000000");
  EXPECT_EQ(numberText(0.1f), "0.1");
}

TEST(TextFiles, OneColumnIsASeries) {
  for (const std::string& text : {rows("v\n", [](int i) { return num(i) + ",5"; }, 100), rows("", [](int i) { return num(i) + ".5"; }, 100)}) {
    const TableFile f = opened(text);
    const DatasetPtr data = prepared(f);
    ASSERT_TRUE(data);
    EXPECT_EQ(data->spec.task, Task::Regression);
    EXPECT_EQ(f.table->columns[0].numbers[1], 1.5);
    EXPECT_EQ(data->spec.input, (Shape{10, 1}));
  }
  const DatasetPtr dated = prepared(opened(rows("when,v\n", [](int i) { return "2024-03-05 10:" + num(10 + i) + ":00," + num(i) + ".5"; }, 40)));
  ASSERT_TRUE(dated);
  EXPECT_EQ(dated->spec.input, (Shape{4, 1})) << "a date and a number are a series too";
  const Result<TableFile> arff = readTableBytes("@relation r\n@attribute v numeric\n@data\n" + rows("", [](int i) { return num(i); }, 50), "arff", "t.arff", {});
  ASSERT_TRUE(arff.ok()) << arff.error().text();
  EXPECT_TRUE(prepareFile(*arff, arff->recipe).ok());
}

TEST(TextFiles, WhatWouldNotFitIsRefusedBeforeItIsPaidFor) {
  std::string same = "x", row = "1";
  for (int i = 1; i < 20000; ++i) same += ",x", row += ",1";
  const TableFile f = opened(same + "\n" + row + "\n" + row + "\n");
  EXPECT_EQ(f.table->columns[19999].name, "x (20000)");
  std::string wide = "x";
  for (int i = 1; i < 200000; ++i) wide += ",x";
  EXPECT_EQ(refusal(wide + "\n"), "t.csv, row 1: found 200000 cells, expected at most 100000 columns");
  std::string sparse = "@relation r\n";
  for (int i = 0; i < 90000; ++i) sparse += "@attribute a" + num(i) + " numeric\n";
  sparse += "@data\n";
  for (int i = 0; i < 2000000; ++i) sparse += "{}\n";
  const Result<TableFile> arff = readTableBytes(std::move(sparse), "arff", "t.arff", {});
  ASSERT_FALSE(arff.ok());
  EXPECT_NE(arff.error().text().find("2000000 rows × 90000 columns"), std::string::npos) << arff.error().text();
}

TEST(TextFiles, ArffDatesAreReadAsDeclared) {
  EXPECT_EQ(parseDate("2001-04-03 12:12:12", "yyyy-MM-dd HH:mm:ss"), parseDate("2001-04-03 12:12:12"));
  EXPECT_EQ(parseDate("2001-04-03T12:12:12", "yyyy-MM-dd'T'HH:mm:ss"), parseDate("2001-04-03 12:12:12"));
  EXPECT_EQ(parseDate("03/04/2001", "dd/MM/yyyy"), parseDate("2001-04-03"));
  EXPECT_EQ(parseDate("03/04/2001", "MM/dd/yyyy"), parseDate("2001-03-04"));
  EXPECT_EQ(parseDate("20010403", "yyyyMMdd"), parseDate("2001-04-03"));
  EXPECT_EQ(parseDate("3 Apr 01 3:05 PM", "d MMM yy h:mm a"), parseDate("2001-04-03 15:05"));
  EXPECT_EQ(parseDate("Tuesday, April 3, 2001", "EEEE, MMMM d, yyyy"), parseDate("2001-04-03"));
  EXPECT_EQ(parseDate("2001-04-03 12:00:00 +0200", "yyyy-MM-dd HH:mm:ss Z"), parseDate("2001-04-03 10:00"));
  EXPECT_EQ(parseDate("12:30", "HH:mm"), 45000);
  for (const char* bad : {"", "2001-4", "2001-13-01", "2001-02-30", "2001-04-03x"}) EXPECT_TRUE(std::isnan(parseDate(bad, "yyyy-MM-dd"))) << bad;
  const Result<Table> t = readArffTable("@relation r\n@attribute d date 'dd.MM.yy'\n@attribute y {a,b}\n@data\n03.04.01,a\n'04.04.01',b\n");
  ASSERT_TRUE(t.ok()) << t.error().text();
  EXPECT_EQ(cells(t->columns[0]), (Texts{"2001-04-03", "2001-04-04"}));
  EXPECT_EQ(readArffTable("@relation r\n@attribute d date 'dd.MM.yy'\n@attribute y {a,b}\n@data\n2001-04-03,a\n").error().text(), "row 5, column 'd': found '2001-04-03', expected a date as dd.MM.yy");
}

TEST(TextFiles, HowAFileWasReadIsHowItIsReadAgain) {
  const std::string text = rows("# made\nzip;v;c\n", [](int i) { return "0" + num(1000 + i % 4) + ";" + num(i) + ",5;" + (i % 3 ? "ZA" : "NA"); });
  const TableFile first = opened(text);
  const TableFile again = opened(text, first.recipe);
  EXPECT_EQ(again.recipe, first.recipe);
  for (std::size_t c = 0; c < first.table->columns.size(); ++c) EXPECT_EQ(cells(again.table->columns[c], 30), cells(first.table->columns[c], 30));
}

}  // namespace
}  // namespace vitrine
