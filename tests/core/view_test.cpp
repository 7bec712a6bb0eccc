#include "core/view/raster.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/view/colormap.h"
#include "core/view/histogram.h"
#include "core/view/layout.h"

namespace vitrine {
namespace {

constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();
constexpr Real kInf = std::numeric_limits<Real>::infinity();

TEST(ColorMap, DivergingHasItsThreeColours) {
  EXPECT_EQ(color(ColorMap::Diverging, 0).argb(), 0xfff59322u);
  EXPECT_EQ(color(ColorMap::Diverging, 0.5).argb(), 0xffe8eaebu);
  EXPECT_EQ(color(ColorMap::Diverging, 1).argb(), 0xff0877bdu);
  EXPECT_EQ(color(ColorMap::DivergingDark, 0.5).argb(), 0xff2a313bu);
  EXPECT_EQ(color(ColorMap::DivergingDark, 0).argb(), 0xfff59322u);
  EXPECT_EQ(color(ColorMap::Diverging, -3).argb(), 0xfff59322u);  // clamped
  EXPECT_EQ(color(ColorMap::Diverging, 7).argb(), 0xff0877bdu);
}

int distance(Rgba a, Rgba b) { return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)}); }

TEST(ColorMap, SequentialMapsAgreeWithThePublishedTables) {
  // Entries 0, 37, 64, 100, 128, 200, 255 of the tables of their authors.
  const struct {
    int i;
    Rgba viridis, cividis;
  } published[] = {{0, {68, 1, 84}, {0, 34, 78}},        {37, {70, 51, 127}, {35, 60, 110}},
                   {64, {59, 82, 139}, {67, 78, 108}},   {100, {42, 118, 142}, {101, 104, 112}},
                   {128, {33, 145, 140}, {125, 124, 120}}, {200, {112, 207, 87}, {196, 180, 104}},
                   {255, {253, 231, 37}, {254, 232, 56}}};
  for (const auto& p : published) {
    EXPECT_LE(distance(color(ColorMap::Viridis, p.i / 255.0), p.viridis), 1) << p.i;
    EXPECT_LE(distance(color(ColorMap::Cividis, p.i / 255.0), p.cividis), 2) << p.i;
  }
  EXPECT_EQ(color(ColorMap::Gray, 0.5).r, 128);
}

TEST(Ranges, LeaveOutWhatIsNoNumber) {
  const Real v[] = {-2, kNan, 1, kInf, -kInf};
  EXPECT_EQ(symmetricRange(v), (Range{-2, 2}));
  EXPECT_EQ(fullRange(v), (Range{-2, 1}));
  const Real none[] = {kNan, kNan};
  EXPECT_EQ(symmetricRange(none), (Range{-1, 1}));
  EXPECT_EQ(fullRange(none), (Range{0, 1}));
  const Real same[] = {3, 3};
  EXPECT_EQ(fullRange(same), (Range{2.5, 3.5}));
  EXPECT_EQ(rangeFor(ColorMap::Viridis, v), (Range{-2, 1}));
}

TEST(Rasterize, EveryPixelIsTheColourOfItsValue) {
  const Real v[] = {-1, 0, 1, kNan, kInf, -9};
  const Raster r = rasterize(v, 2, 3, {-1, 1}, ColorMap::Diverging);
  EXPECT_EQ(r.width, 3);
  EXPECT_EQ(r.height, 2);
  EXPECT_EQ(r.argb, (std::vector<std::uint32_t>{0xfff59322, 0xffe8eaeb, 0xff0877bd, kNanPixel, 0xff0877bd, 0xfff59322}));
}

TEST(Rasterize, NanIsHatchedNeverColoured) {
  const Real v[] = {kNan, 0};
  Raster r = scaleNearest(rasterize(v, 1, 2, {0, 1}, ColorMap::Gray), 12, 6);
  ASSERT_TRUE(hatchNan(r, 0xff111111, 0xffeeeeee));
  int ink = 0, paper = 0;
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 6; ++x) {
      ink += r.at(x, y) == 0xff111111;
      paper += r.at(x, y) == 0xffeeeeee;
      EXPECT_EQ(r.at(x + 6, y), 0xff000000u);
    }
  EXPECT_EQ(ink, 12);  // two of six diagonals
  EXPECT_EQ(paper, 24);
  EXPECT_FALSE(hatchNan(r));
}

TEST(FilterGrid, LaysOutMapsRowByRowInEitherOrder) {
  // Three maps of 1 × 2: (0, 1), (2, 3), (4, 5).
  const Real contiguous[] = {0, 1, 2, 3, 4, 5};
  const Real interleaved[] = {0, 2, 4, 1, 3, 5};
  const MapGrid a = filterGrid(contiguous, {3, 1, 2, false}, 2, 1, MapScale::EachLayer, ColorMap::Gray);
  const MapGrid b = filterGrid(interleaved, {3, 1, 2, true}, 2, 1, MapScale::EachLayer, ColorMap::Gray);
  EXPECT_EQ(a.raster, b.raster);
  EXPECT_EQ(a.columns, 2);
  EXPECT_EQ(a.rows, 2);
  ASSERT_EQ(a.raster.width, 5);
  ASSERT_EQ(a.raster.height, 3);
  EXPECT_EQ(a.raster.at(0, 0), 0xff000000u);
  EXPECT_EQ(a.raster.at(1, 0), 0xff333333u);
  EXPECT_EQ(a.raster.at(2, 0), 0u);  // the gap
  EXPECT_EQ(a.raster.at(3, 0), 0xff666666u);
  EXPECT_EQ(a.raster.at(0, 2), 0xffccccccu);
  EXPECT_EQ(a.raster.at(1, 2), 0xffffffffu);
  EXPECT_EQ(a.raster.at(4, 2), 0u);
  const MapGrid own = filterGrid(contiguous, {3, 1, 2, false}, 2, 1, MapScale::EachMap, ColorMap::Gray);
  EXPECT_EQ(own.ranges[1], (Range{2, 3}));
  EXPECT_EQ(own.raster.at(3, 0), 0xff000000u);
  EXPECT_EQ(own.raster.at(4, 0), 0xffffffffu);
}

TEST(ImageRaster, GrayAndColour) {
  const Real gray[] = {0, 1, Real(0.5), 2};
  EXPECT_EQ(imageRaster(gray, 2, 2, 1).argb, (std::vector<std::uint32_t>{0xff000000, 0xffffffff, 0xff808080, 0xffffffff}));
  const Real rgb[] = {1, 0, 0, 0, 0, 1};
  EXPECT_EQ(imageRaster(rgb, 1, 2, 3).argb, (std::vector<std::uint32_t>{0xffff0000, 0xff0000ff}));
  // Two channels: the first, as gray. Four: the first three; what the fourth is does not matter.
  const Real two[] = {0, 1, 1, 0, Real(0.5), kNan};
  EXPECT_EQ(imageRaster(two, 1, 3, 2).argb, (std::vector<std::uint32_t>{0xff000000, 0xffffffff, 0xff808080}));
  const Real four[] = {1, 0, 0, 0, 0, 1, 0, kNan, 0, 0, Real(0.5), 1};
  EXPECT_EQ(imageRaster(four, 1, 3, 4).argb, (std::vector<std::uint32_t>{0xffff0000, 0xff00ff00, 0xff000080}));
  const Real third[] = {0, 0, kNan, 1};
  EXPECT_EQ(imageRaster(third, 1, 1, 4).argb[0], kNanPixel);
  EXPECT_EQ(imageRaster(two, 1, 3, 2, {-1, 1}).argb, (std::vector<std::uint32_t>{0xff808080, 0xffffffff, 0xffbfbfbf}));
  const Real broken[] = {kNan};
  EXPECT_EQ(imageRaster(broken, 1, 1, 1).argb[0], kNanPixel);
}

TEST(Overlay, MixesByOpacityAndKeepsNan) {
  const Raster black(2, 1, 0xff000000);
  Raster white(2, 1, 0xffffffff);
  white.at(1, 0) = kNanPixel;
  const Raster half = overlay(black, white, 0.5);
  EXPECT_EQ(half.at(0, 0), 0xff808080u);
  EXPECT_EQ(half.at(1, 0), kNanPixel);
  const Raster one(1, 1, 0xff64c800);
  EXPECT_EQ(overlay(black, one, 1).argb, (std::vector<std::uint32_t>{0xff64c800, 0xff64c800}));
}

TEST(Scaling, NearestAndBilinear) {
  Raster r(2, 1);
  r.argb = {0xff000000, 0xff646464};
  EXPECT_EQ(scaleNearest(r, 4, 2).argb, (std::vector<std::uint32_t>{0xff000000, 0xff000000, 0xff646464, 0xff646464, 0xff000000,
                                                                    0xff000000, 0xff646464, 0xff646464}));
  EXPECT_EQ(scaleBilinear(r, 4, 1).argb, (std::vector<std::uint32_t>{0xff000000, 0xff191919, 0xff4b4b4b, 0xff646464}));
  const Real v[] = {0, 1, 2, 3};
  const std::vector<Real> big = scaleBilinear(v, 2, 2, 2, 4);
  const Real expected[] = {0, Real(0.25), Real(0.75), 1, 2, Real(2.25), Real(2.75), 3};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(big[i], expected[i], 1e-6) << i;
  const Real gap[] = {0, kNan};
  EXPECT_TRUE(std::isnan(scaleBilinear(gap, 1, 2, 1, 4)[2]));
  EXPECT_EQ(scaleBilinear(gap, 1, 2, 1, 4)[0], 0);
}

TEST(HistogramOfValues, CountsEveryValueOnce) {
  const Real v[] = {0, Real(0.25), Real(0.5), 1, -1, 2, kNan, kInf};
  const Histogram h = histogram(v, 4, {0, 1});
  EXPECT_EQ(h.counts, (std::vector<std::int64_t>{1, 1, 1, 1}));
  EXPECT_EQ(h.below, 1);
  EXPECT_EQ(h.above, 2);
  EXPECT_EQ(h.nan, 1);
  EXPECT_EQ(h.largest(), 1);
  EXPECT_EQ(h.binWidth(), 0.25);
}

TEST(Layout, FitsTheLargestCells) {
  const GridLayout g = fitGrid(8, 1, 400, 200);
  EXPECT_EQ(g.columns, 4);
  EXPECT_EQ(g.rows, 2);
  EXPECT_DOUBLE_EQ(g.cellWidth, 100);
  const GridLayout wide = fitGrid(3, 2, 100, 300, 10);
  EXPECT_EQ(wide.columns, 1);
  EXPECT_DOUBLE_EQ(wide.cellWidth, 100);
  EXPECT_DOUBLE_EQ(wide.cellHeight, 50);
  EXPECT_EQ(fitGrid(0, 1, 100, 100).columns, 0);
  EXPECT_EQ(fitGrid(5, 1, 0, 0).cellWidth, 0);
}

TEST(Ticks, AreRoundAndInside) {
  EXPECT_EQ(niceTicks(0, 1, 6), (std::vector<double>{0, 0.2, 0.4, 0.6, 0.8, 1}));
  EXPECT_EQ(niceTicks(-3, 12, 5), (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(niceTicks(0.13, 0.46, 4), (std::vector<double>{0.2, 0.3, 0.4}));
  EXPECT_TRUE(niceTicks(1, 1, 5).empty());
  EXPECT_TRUE(niceTicks(0, kInf, 5).empty());
  EXPECT_EQ(logTicks(0.005, 20), (std::vector<double>{0.01, 0.1, 1, 10}));
  EXPECT_TRUE(logTicks(0, 1).empty());
  EXPECT_EQ(decimalsFor(0.25), 2);
  EXPECT_EQ(decimalsFor(5), 0);
}

}  // namespace
}  // namespace vitrine
