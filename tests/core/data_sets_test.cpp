#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

#include "core/base/sha256.h"
#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/data/split.h"
#include "data_helpers.h"

namespace vitrine {
namespace {

using namespace data_test;

// FIPS 180-4 examples (NIST, "Cryptographic Standards and Guidelines: Example Values").
TEST(Sha256, Examples) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesMakeNoDifference) {
  const std::string text = ramp(300);
  for (std::size_t n = 0; n <= text.size(); ++n) {
    Sha256 hash;
    hash.add(text.substr(0, n));
    hash.add(text.substr(n));
    ASSERT_EQ(hash.finish(), sha256(text)) << n;
  }
}

TEST(Split, IsAPartitionThatKeepsEachClassesShare) {
  Rng rng(7, Stream::Test);
  for (int round = 0; round < 200; ++round) {
    const std::int64_t count = 1 + static_cast<std::int64_t>(rng.below(300));
    const double share = rng.uniform(0, 0.9);
    std::vector<std::int32_t> classes(static_cast<std::size_t>(count));
    for (std::int32_t& c : classes) c = static_cast<std::int32_t>(rng.below(1 + rng.below(6)));
    const Split s = splitRows(count, classes, share, static_cast<std::uint64_t>(round));
    std::vector<std::int32_t> all(s.train);
    all.insert(all.end(), s.validation.begin(), s.validation.end());
    std::sort(all.begin(), all.end());
    std::vector<std::int32_t> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), 0);
    ASSERT_EQ(all, rows) << "round " << round;
    ASSERT_FALSE(s.train.empty());
    // A class's only row trains; the others make up for it.
    std::int64_t alone = 0, present = 0;
    for (std::int32_t c = 0; c < 6; ++c) {
      const auto of = std::count(classes.begin(), classes.end(), c);
      alone += of == 1, present += of > 0;
    }
    if (count > present) {
      ASSERT_FALSE(s.validation.empty());
    }
    for (std::int32_t c = 0; c < 6; ++c) {
      const auto of = [&](const std::vector<std::int32_t>& part) {
        return std::count_if(part.begin(), part.end(), [&](std::int32_t row) { return classes[static_cast<std::size_t>(row)] == c; });
      };
      ASSERT_NEAR(static_cast<double>(of(s.validation)), share * static_cast<double>(of(rows)), 1.0 + static_cast<double>(alone)) << "round " << round << " class " << c;
    }
  }
}

TEST(Split, FollowsItsSeed) {
  EXPECT_EQ(splitRows(100, {}, 0.2, 3).validation, splitRows(100, {}, 0.2, 3).validation);
  EXPECT_NE(splitRows(100, {}, 0.2, 3).validation, splitRows(100, {}, 0.2, 4).validation);
  EXPECT_TRUE(splitRows(100, {}, 0, 3).validation.empty());
}

void expectSame(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.spec, b.spec);
  EXPECT_EQ(a.featureNames, b.featureNames);
  EXPECT_EQ(a.targetName, b.targetName);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.targets, b.targets);
  EXPECT_EQ(a.train, b.train);
  EXPECT_EQ(a.validation, b.validation);
  EXPECT_EQ(a.test, b.test);
  EXPECT_EQ(a.inputScaling, b.inputScaling);
  EXPECT_EQ(a.targetScaling, b.targetScaling);
  EXPECT_EQ(a.source, b.source);
  ASSERT_EQ(a.count(), b.count());
  ASSERT_EQ(a.inputs.size(), b.inputs.size());
  ASSERT_EQ(a.inputs.isBytes(), b.inputs.isBytes());
  for (std::int64_t row = 0; row < a.count(); ++row) {
    if (a.inputs.isBytes())
      ASSERT_EQ(0, std::memcmp(a.inputs.byteRow(row).data(), b.inputs.byteRow(row).data(), a.inputs.byteRow(row).size()));
    else
      ASSERT_EQ(0, std::memcmp(a.inputs.floatRow(row).data(), b.inputs.floatRow(row).data(), a.inputs.floatRow(row).size_bytes()));
  }
}

GeneratorSettings settings(double noise, std::int64_t size, std::uint64_t seed) { return {noise, size, seed, 0.2}; }

TEST(Generators, EachGivesWhatWasAsked) {
  for (const GeneratorSpec& spec : generatorRegistry()) {
    for (const double noise : {0.0, 50.0}) {
      const Result<DatasetPtr> r = generate(spec.id, settings(noise, 501, 3));
      ASSERT_TRUE(r.ok()) << r.error().text();
      const Dataset& d = **r;
      EXPECT_EQ(d.count(), 501) << spec.id;
      EXPECT_EQ(d.spec.task, spec.task);
      EXPECT_EQ(d.spec.input, (Shape{2}));
      EXPECT_EQ(d.spec.outputs, spec.task == Task::Classification ? 2 : 1);
      EXPECT_EQ(d.featureNames, (std::vector<std::string>{"x1", "x2"}));
      EXPECT_EQ(d.train.size(), 401u);
      double most = 0;
      for (std::int64_t row = 0; row < 501; ++row)
        for (int i = 0; i < 2; ++i) most = std::max(most, std::abs(d.inputs.raw(row, i)));
      EXPECT_GT(most, 4) << spec.id;
      EXPECT_LT(most, spec.id == "gaussians" ? 11 : 6.0001) << spec.id;
      if (spec.task == Task::Classification && noise == 0) {
        const auto blue = std::count(d.classes.begin(), d.classes.end(), 1);
        EXPECT_NEAR(static_cast<double>(blue), 250, spec.id == "xor" ? 45 : 1) << spec.id;
      }
    }
  }
}

TEST(Generators, WithoutNoiseTheRuleHolds) {
  const auto check = [](const std::string& id, const std::function<double(double, double)>& rule) {
    const DatasetPtr d = *generate(id, settings(0, 400, 11));
    for (std::int64_t row = 0; row < d->count(); ++row) {
      const double expected = rule(d->inputs.raw(row, 0), d->inputs.raw(row, 1));
      const std::size_t i = static_cast<std::size_t>(row);
      if (expected == 0) continue;  // the spirals' common centre
      if (d->spec.task == Task::Classification) ASSERT_EQ(d->classes[i], expected > 0 ? 1 : 0) << id << " row " << row;
      else ASSERT_NEAR(static_cast<double>(d->targets[i]), expected, 1e-5) << id << " row " << row;
    }
  };
  check("circles", [](double x, double y) { return 2.5 - std::hypot(x, y); });
  check("xor", [](double x, double y) { return x * y; });
  check("plane", [](double x, double y) { return (x + y) / 10; });
  check("wave", [](double x, double y) { return std::sin(M_PI * x / 4) * std::cos(M_PI * y / 6); });
  // A spiral's radius tells how far it has turned: 1.75 turns at radius 5, the orange arm half a turn on.
  check("spirals", [](double x, double y) {
    const double r = std::hypot(x, y);
    return r == 0 ? 0.0 : std::cos(std::atan2(x, y) - 1.75 * 2 * M_PI * r / 5);
  });
}

TEST(Generators, NoiseMixesTheClasses) {
  const DatasetPtr d = *generate("xor", settings(50, 1000, 5));
  int wrong = 0;
  for (std::int64_t row = 0; row < 1000; ++row)
    wrong += (d->inputs.raw(row, 0) * d->inputs.raw(row, 1) >= 0) != (d->classes[static_cast<std::size_t>(row)] == 1);
  EXPECT_GT(wrong, 50);
  EXPECT_LT(wrong, 500);
}

TEST(Generators, SeedDecidesEveryBit) {
  for (const GeneratorSpec& spec : generatorRegistry()) {
    const DatasetPtr a = *generate(spec.id, settings(20, 300, 42)), b = *generate(spec.id, settings(20, 300, 42));
    expectSame(*a, *b);
    const DatasetPtr c = *generate(spec.id, settings(20, 300, 43));
    EXPECT_NE(0, std::memcmp(a->inputs.floatRow(1).data(), c->inputs.floatRow(1).data(), 8)) << spec.id;
  }
}

TEST(Generators, RefusesSettingsOutOfRange) {
  EXPECT_EQ(generate("moons", {}).error().text(), "generator: found 'moons', expected one of spirals, circles, xor, gaussians, plane, wave");
  EXPECT_EQ(generate("xor", settings(51, 100, 1)).error().text(), "XOR, noise: found 51, expected 0 to 50 percent");
  EXPECT_EQ(generate("xor", settings(NAN, 100, 1)).error().text(), "XOR, noise: found nan, expected 0 to 50 percent");
  EXPECT_EQ(generate("xor", settings(0, 9, 1)).error().text(), "XOR, size: found 9, expected 10 to 100000 samples");
  EXPECT_EQ(generate("xor", {0, 100, 1, 1.0}).error().text(), "XOR, validation share: found 1, expected 0 to 0.9");
}

std::vector<DatasetPtr> smallSets() {
  std::vector<DatasetPtr> sets{*openData(std::string(VITRINE_TEST_DATA) + "/iris.csv", {9, 0.3})};
  for (const GeneratorSpec& spec : generatorRegistry()) sets.push_back(*generate(spec.id, settings(10, 60, 2)));
  Folder folder;
  std::string text = "\"odd, \"\"name\"\"\",b,y\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i * 1e-30) + "," + std::to_string(i / 3.0) + "," + std::to_string(1e6 / (i + 1)) + "\n";
  sets.push_back(*openData(folder.write("odd.csv", text)));
  auto images = std::make_shared<Dataset>(*imagesFromBytes("tiny", {2, 1, 3}, std::vector<std::uint8_t>{0, 255, 1, 2, 3, 4, 9, 8, 7, 6, 5, 4}, {1, 0}, 2));
  images->train = {1};
  images->test = {0};
  sets.push_back(images);
  return sets;
}

TEST(TableText, ReadsBackBitForBit) {
  for (const DatasetPtr& data : smallSets()) {
    const std::string text = encodeTable(*data);
    const Result<DatasetPtr> again = decodeTable(text);
    ASSERT_TRUE(again.ok()) << data->name << ": " << again.error().text();
    expectSame(*data, **again);
    EXPECT_EQ(encodeTable(**again), text);
  }
}

void expectSound(const Result<DatasetPtr>& r) {
  if (!r.ok()) {
    EXPECT_EQ(r.error().file, "embedded data");
    return;
  }
  const Dataset& d = **r;
  for (const auto& part : {d.train, d.validation, d.test}) {
    std::vector<Real> x(part.size() * static_cast<std::size_t>(d.inputs.size()));
    gatherInputs(d, part, x.data());
    if (d.spec.task == Task::Classification) {
      std::vector<std::int32_t> c(part.size());
      gatherClasses(d, part, c.data());
      for (const std::int32_t i : c) ASSERT_TRUE(i >= 0 && i < static_cast<std::int32_t>(d.spec.classes.size()));
    } else {
      std::vector<Real> y(part.size() * static_cast<std::size_t>(d.spec.outputs));
      gatherTargets(d, part, y.data());
    }
  }
}

TEST(TableText, CutOrChangedItIsRefusedOrSound) {
  for (const DatasetPtr& data : {*generate("xor", settings(10, 12, 2)), *generate("wave", settings(10, 12, 2))}) {
    const std::string text = encodeTable(*data);
    for (std::size_t n = 0; n < text.size(); ++n) expectSound(decodeTable(std::string_view(text).substr(0, n)));
    for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
      std::string changed = text;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      expectSound(decodeTable(changed));
    }
  }
}

TEST(TableText, RefusesWithThePlace) {
  const std::string text = encodeTable(**generate("xor", settings(0, 12, 2)));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    const Result<DatasetPtr> r = decodeTable(changed, "data/xor.csv");
    return r.ok() ? std::string("accepted") : r.error().text();
  };
  EXPECT_EQ(with("vitrine-table,1", "vitrine-table,2"), "data/xor.csv, row 1: found version '2', expected version 1");
  EXPECT_EQ(with("\ninput,2\n", "\ninput,9000000000000\n"), "data/xor.csv, row 22: found an input of extent 9000000000000, expected extents that the text can hold");
  EXPECT_EQ(with("\nrows,12\n", "\nrows,11\n").find("accepted"), std::string::npos);
  EXPECT_NE(with("\ntest\n", "\ntest,12\n").find("row number 12 in the split"), std::string::npos);
  EXPECT_NE(with("\nstorage,floats", "\nstorage,pickles").find("'pickles'"), std::string::npos);
  EXPECT_NE(with("orange,blue", "orange").find("1 class names"), std::string::npos);
}

TEST(Reopen, GivesTheSameDataAgain) {
  Folder folder("digits");
  folder.write("train-labels-idx1-ubyte", idxLabels({0, 1, 2, 0, 1, 2, 0, 1, 2, 0}));
  const auto images = folder.write("train-images-idx3-ubyte", idxImages(10, 1, 2, ramp(20)));
  const auto csv = folder.write("t.csv", "a,y\n1,u\n2,v\n3,u\n4,v\n5,u\n6,v\n");
  const OpenOptions options{77, 0.4};
  for (const DatasetPtr& data : {*openData(images, options), *openData(csv, options), *generate("gaussians", settings(12.5, 99, 1234567890123456789u))}) {
    const Result<DatasetPtr> again = reopen(data->source, "/nowhere", data->recipe);
    ASSERT_TRUE(again.ok()) << again.error().text();
    expectSame(*data, **again);
  }
}

TEST(Reopen, FindsRelativePathsAndNoticesChanges) {
  Folder folder;
  const auto path = folder.write("t.csv", "a,y\n1,u\n2,v\n");
  Source source = (*openData(path))->source;
  source.path = "t.csv";
  EXPECT_TRUE(reopen(source, folder.path()).ok());
  folder.write("t.csv", "a,y\n1,u\n3,v\n");
  const Result<DatasetPtr> changed = reopen(source, folder.path());
  ASSERT_FALSE(changed.ok());
  EXPECT_NE(changed.error().text().find("have changed since they were used"), std::string::npos) << changed.error().text();
  EXPECT_NE(changed.error().text().find(source.sha256), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_NE(reopen(source, folder.path()).error().text().find("no such file"), std::string::npos);
  source.kind = "pickle";
  EXPECT_NE(reopen(source, folder.path()).error().text().find("'pickle'"), std::string::npos);
}

TEST(FileFilters, FirstTakesAllThatTheOthersTake) {
  const std::vector<FileFilter>& filters = fileFilters();
  for (const FileFilter& f : filters)
    for (const std::string& p : f.patterns)
      EXPECT_NE(std::find(filters[0].patterns.begin(), filters[0].patterns.end(), p), filters[0].patterns.end()) << p;
}

}  // namespace
}  // namespace vitrine
