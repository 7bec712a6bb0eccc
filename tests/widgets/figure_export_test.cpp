#include "widgets/figure/figure_export.h"

#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QProcess>
#include <QTemporaryDir>
#include <cmath>
#include <limits>

#include "widgets/figure/export_dialog.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/maps/confusion_view.h"
#include "widgets/maps/matrix_view.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {
namespace {

constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();

std::unique_ptr<MatrixView> heatmap(Real third = 2) {
  auto view = std::make_unique<MatrixView>();
  MatrixData d;
  d.title = QStringLiteral("Weights of dense 1");
  d.rows = 2;
  d.columns = 2;
  d.values = {Real(-1.5), Real(0.1), third, 0};
  d.rowTitle = QStringLiteral("input");
  d.columnTitle = QStringLiteral("unit");
  d.valueName = QStringLiteral("weight");
  view->setData(d);
  return view;
}

std::unique_ptr<CurvePlot> curves() {
  auto plot = std::make_unique<CurvePlot>(QStringLiteral("Loss"));
  plot->setAxes(QStringLiteral("epoch"), QStringLiteral("cross-entropy"));
  const double x[] = {0, 1, 2}, y[] = {0.7, 0.4, 0.3}, vx[] = {1, 2}, vy[] = {0.45, 0.35};
  plot->setSeries(QStringLiteral("training"), x, y, 0);
  plot->setSeries(QStringLiteral("validation"), vx, vy, 0);
  return plot;
}

QByteArray bytesOf(const Figure& figure, FigureFormat format, double w = 89, double h = 60) {
  ExportRequest r;
  r.format = format;
  r.widthMm = w;
  r.heightMm = h;
  const Result<QByteArray> bytes = figureBytes(figure, r);
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.error().text());
  return bytes.ok() ? *bytes : QByteArray();
}

TEST(FigureExport, PngHasExactlyThePixelsAskedFor) {
  const auto view = heatmap();
  const auto plot = curves();
  for (const Figure* figure : {static_cast<const Figure*>(view.get()), static_cast<const Figure*>(plot.get())})
    for (const int dpi : {96, 300, 600}) {
      ExportRequest r;
      r.widthMm = 89;
      r.heightMm = 55.5;
      r.dpi = dpi;
      const Result<QByteArray> bytes = figureBytes(*figure, r);
      ASSERT_TRUE(bytes.ok());
      const QImage image = QImage::fromData(*bytes);
      EXPECT_EQ(image.width(), std::lround(89 / 25.4 * dpi));
      EXPECT_EQ(image.height(), std::lround(55.5 / 25.4 * dpi));
      EXPECT_NEAR(image.dotsPerMeterX() * 0.0254, dpi, 0.05);
      EXPECT_EQ(image.pixelColor(0, 0), QColor(Qt::white));
    }
}

// The pixel ratio is fixed when a program starts, so this program starts itself again with another.
TEST(FigureExport, PixelsDoNotDependOnTheScreen) {
  for (const char* scale : {"1", "1.5", "2"}) {
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QLatin1String(scale));
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(QCoreApplication::applicationFilePath(),
                {QStringLiteral("--gtest_filter=FigureExport.PngHas*:FigureExport.PdfPage*"), QStringLiteral("-platform"),
                 QStringLiteral("offscreen")});
    ASSERT_TRUE(child.waitForFinished(60000));
    const QByteArray output = child.readAll();
    EXPECT_EQ(child.exitCode(), 0) << scale << "\n" << output.constData();
    EXPECT_TRUE(output.contains("[  PASSED  ] 2 tests")) << output.constData();
  }
}

TEST(FigureExport, PdfPageIsExactlyTheSizeAskedFor) {
  for (const auto& figure : {std::pair<double, double>{89, 60}, {183, 101.3}, {61.7, 47.9}}) {
    const QByteArray pdf = bytesOf(*heatmap(), FigureFormat::Pdf, figure.first, figure.second);
    static const QRegularExpression box(QStringLiteral("/MediaBox \\[0 0 ([0-9.]+) ([0-9.]+)\\]"));
    const QRegularExpressionMatch m = box.match(QString::fromLatin1(pdf));
    ASSERT_TRUE(m.hasMatch());
    EXPECT_NEAR(m.captured(1).toDouble() / 72 * 25.4, figure.first, 0.01);
    EXPECT_NEAR(m.captured(2).toDouble() / 72 * 25.4, figure.second, 0.01);
  }
}

TEST(FigureExport, PdfIsWellFormedAfterItsPageWasSized) {
  const QByteArray pdf = bytesOf(*curves(), FigureFormat::Pdf);
  const qsizetype start = pdf.lastIndexOf("startxref\n");
  const qsizetype table = pdf.mid(start + 10, pdf.indexOf('\n', start + 10) - start - 10).toLongLong();
  ASSERT_EQ(pdf.mid(table, 5), "xref\n");
  const qsizetype head = pdf.indexOf('\n', table + 5) + 1;
  const int count = pdf.mid(table + 5, head - table - 6).split(' ').last().toInt();
  ASSERT_GT(count, 5);
  for (int i = 1; i < count; ++i) {
    const QByteArray entry = pdf.mid(head + 20 * i, 20);
    if (entry[17] != 'n') continue;
    const qsizetype place = entry.left(10).toLongLong();
    EXPECT_TRUE(pdf.mid(place).startsWith(QByteArray::number(i) + " 0 obj")) << i;
  }
}

TEST(FigureExport, PdfTextIsTextInEmbeddedFonts) {
  const QByteArray pdf = bytesOf(*curves(), FigureFormat::Pdf);
  EXPECT_TRUE(pdf.contains("/Type /Font\n") || pdf.contains("/Type /Font "));
  EXPECT_TRUE(pdf.contains("/FontFile2"));   // embedded
  EXPECT_TRUE(pdf.contains("/ToUnicode"));   // can be searched and copied
  EXPECT_FALSE(pdf.contains("/Subtype /Image"));  // a curve is all lines and text
}

TEST(FigureExport, TheSameFigureGivesTheSameBytes) {
  for (const FigureFormat format : {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png})
    EXPECT_EQ(bytesOf(*curves(), format), bytesOf(*curves(), format));
}

TEST(FigureExport, SvgHasTheSizeAndTextAsText) {
  const QString svg = QString::fromUtf8(bytesOf(*curves(), FigureFormat::Svg, 89, 60));
  EXPECT_TRUE(svg.contains(QStringLiteral("width=\"89mm\" height=\"60mm\"")));
  for (const char* word : {"Loss", "epoch", "cross-entropy", "training", "validation"})
    EXPECT_TRUE(svg.contains(QRegularExpression(QStringLiteral("<text [^>]*>%1</text>").arg(QLatin1String(word))))) << word;
}

TEST(FigureExport, CsvIsTheData) {
  EXPECT_EQ(bytesOf(*curves(), FigureFormat::Csv), "epoch,training,validation\r\n0,0.7,\r\n1,0.4,0.45\r\n2,0.3,0.35\r\n");
  EXPECT_EQ(bytesOf(*heatmap(), FigureFormat::Csv), "input,0,1\r\n0,-1.5,0.1\r\n1,2,0\r\n");
  EXPECT_EQ(bytesOf(*heatmap(kNan), FigureFormat::Csv), "input,0,1\r\n0,-1.5,0.1\r\n1,nan,0\r\n");
  EXPECT_EQ(toCsv({{QStringLiteral("a,b"), QStringLiteral("say \"x\"")}, {{1, 2.5}}}), "\"a,b\",\"say \"\"x\"\"\"\r\n1,2.5\r\n");
  QLocale::setDefault(QLocale(QLocale::German));  // writes 0,7 for a person
  EXPECT_TRUE(bytesOf(*curves(), FigureFormat::Csv).contains("0,0.7,"));
  QLocale::setDefault(QLocale::c());
}

TEST(FigureExport, NanIsHatchedOnPaper) {
  ExportRequest r;
  r.dpi = 300;
  const QImage with = renderFigure(*heatmap(kNan), r), without = renderFigure(*heatmap(), r);
  // The third cell: lower left. Hatched it is neither one colour nor any blue.
  int lines = 0, paper = 0, blue = 0;
  const QRect cell(with.width() / 5, with.height() / 2, with.width() / 5, with.height() / 10);
  for (int y = cell.top(); y < cell.bottom(); ++y)
    for (int x = cell.left(); x < cell.right(); ++x) {
      const QColor c = with.pixelColor(x, y);
      lines += c.lightness() < 150;
      paper += c == QColor(Qt::white);
      blue += c.blue() - c.red() > 40;
    }
  EXPECT_GT(lines, 100);
  EXPECT_GT(paper, 100);
  EXPECT_EQ(blue, 0);
  EXPECT_GT(without.pixelColor(cell.center()).blue() - without.pixelColor(cell.center()).red(), 100);
}

TEST(FigureExport, ErrorsLeaveTheFileAsItWas) {
  QTemporaryDir folder;
  ExportRequest r;
  r.path = folder.filePath(QStringLiteral("a.png"));
  ASSERT_TRUE(exportFigure(*heatmap(), r).ok());
  QFile file(r.path);
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  const QByteArray before = file.readAll();
  ASSERT_FALSE(QImage::fromData(before).isNull());
  ExportRequest wrong = r;
  wrong.dpi = 2000;
  EXPECT_FALSE(exportFigure(*heatmap(), wrong).ok());
  wrong = r;
  wrong.fontPt = 3;
  EXPECT_FALSE(exportFigure(*heatmap(), wrong).ok());
  wrong = r;
  wrong.widthMm = kNan;
  EXPECT_FALSE(exportFigure(*heatmap(), wrong).ok());
  EXPECT_FALSE(exportFigure(MatrixView(), r).ok());  // nothing to show yet
  QFile again(r.path);
  ASSERT_TRUE(again.open(QIODevice::ReadOnly));
  EXPECT_EQ(again.readAll(), before);
  wrong = r;
  wrong.path = folder.filePath(QStringLiteral("nowhere/a.png"));
  const Status status = exportFigure(*heatmap(), wrong);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text().find("nowhere/a.png"), std::string::npos);
}

TEST(FigureExport, ClipboardHasPictureAndNumbers) {
  copyFigure(*curves());
  const QMimeData* mime = QGuiApplication::clipboard()->mimeData();
  EXPECT_TRUE(mime->hasImage());
  EXPECT_TRUE(mime->text().startsWith(QStringLiteral("epoch\ttraining\tvalidation\n0\t0.7\t\n")));
}

TEST(ExportDialogTest, PresetsAspectAndSaving) {
  const auto view = heatmap();
  const auto plot = curves();
  ExportDialog dialog({view.get(), plot.get()});
  dialog.selectFigure(plot.get());
  EXPECT_EQ(dialog.figure(), plot.get());
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 89);
  EXPECT_NEAR(dialog.request().heightMm, 55, 0.06);
  dialog.findChild<QComboBox*>(QStringLiteral("preset"))->setCurrentIndex(1);
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 183);
  EXPECT_NEAR(dialog.request().heightMm, 183 * 55 / 89.0, 0.06);
  dialog.findChild<QDoubleSpinBox*>(QStringLiteral("width"))->setValue(120);
  EXPECT_EQ(dialog.findChild<QComboBox*>(QStringLiteral("preset"))->currentIndex(), 2);
  dialog.setFormat(FigureFormat::Pdf);
  QTemporaryDir folder;
  EXPECT_TRUE(dialog.saveTo(folder.filePath(QStringLiteral("a.pdf"))));
  QFile file(folder.filePath(QStringLiteral("a.pdf")));
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_TRUE(file.readAll().startsWith("%PDF"));
  EXPECT_FALSE(dialog.saveTo(folder.filePath(QStringLiteral("none/a.pdf"))));
  EXPECT_TRUE(dialog.findChild<QLabel*>(QStringLiteral("message"))->text().contains(QStringLiteral("none/a.pdf")));
}

// A figure made for two columns opens at two columns, and keeps the width that a person chose.
TEST(ExportDialogTest, OpensAtTheWidthThatTheFigureIsMadeFor) {
  struct Wide : FigureWidget {
    QString figureTitle() const override { return QStringLiteral("wide"); }
    QSizeF preferredMm() const override { return {183, 90}; }
    void paintFigure(QCPPainter&, const QRectF&, const FigureStyle&) const override {}
    FigureTable figureData() const override { return {}; }
  } wide;
  const auto plot = curves();
  ExportDialog dialog({&wide, plot.get()});
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 183);
  dialog.selectFigure(plot.get());
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 89);
  dialog.findChild<QDoubleSpinBox*>(QStringLiteral("width"))->setValue(120);
  dialog.selectFigure(&wide);
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 183);  // custom: each figure's own
  dialog.findChild<QComboBox*>(QStringLiteral("preset"))->setCurrentIndex(0);
  dialog.selectFigure(plot.get());
  dialog.selectFigure(&wide);
  EXPECT_DOUBLE_EQ(dialog.request().widthMm, 89);
}

// Controls that find no room beside the title stand below it: none is lost, and none moves when the side text changes.
TEST(FigurePanelTest, ControlsGoBelowTheTitleWhereItIsNarrow) {
  FigurePanel panel(QStringLiteral("Partial dependence"), new QWidget, nullptr);
  auto* settings = new QToolButton;
  settings->setText(QStringLiteral("settings"));
  auto* feature = new QComboBox;
  feature->addItem(QStringLiteral("a rather long name of a column of the table"));
  feature->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  feature->setMinimumContentsLength(8);
  panel.addHeaderWidget(settings);
  panel.addHeaderWidget(feature);
  panel.resize(700, 200);
  panel.show();
  QCoreApplication::processEvents();
  const int beside = feature->mapTo(&panel, QPoint()).y(), x = settings->mapTo(&panel, QPoint()).x();
  panel.setSideText(QStringLiteral("step 12,345 · training is at 67,890"));
  QCoreApplication::processEvents();
  EXPECT_EQ(settings->mapTo(&panel, QPoint()).x(), x);
  panel.resize(240, 200);
  QCoreApplication::processEvents();
  for (QWidget* w : {static_cast<QWidget*>(settings), static_cast<QWidget*>(feature)}) {
    EXPECT_TRUE(w->isVisible());
    EXPECT_TRUE(panel.rect().contains(QRect(w->mapTo(&panel, QPoint()), w->size())));
  }
  EXPECT_GT(feature->mapTo(&panel, QPoint()).y(), beside + 10);
  EXPECT_LE(panel.minimumSizeHint().width(), 160);
}

TEST(FigurePanelTest, MenuAndKeyExport) {
  auto* view = heatmap().release();  // the panel owns it
  FigurePanel panel(QStringLiteral("Weights"), view, view);
  Figure* asked = nullptr;
  QObject::connect(&panel, &FigurePanel::exportRequested, [&](Figure* f) { asked = f; });
  QKeyEvent key(QEvent::KeyPress, Qt::Key_E, Qt::ControlModifier);
  QCoreApplication::sendEvent(&panel, &key);
  EXPECT_EQ(asked, view);
  std::unique_ptr<QMenu> menu(panel.createMenu());
  QStringList texts;
  for (const QAction* a : menu->actions())
    if (!a->isSeparator()) texts << a->text();
  EXPECT_EQ(texts, (QStringList{QStringLiteral("Copy image"), QStringLiteral("Copy data"), QStringLiteral("Export figure…"),
                                QStringLiteral("Data as CSV…"), QStringLiteral("Pop out"), QStringLiteral("Hide")}));
  asked = nullptr;
  menu->findChild<QAction*>(QStringLiteral("exportFigure"))->trigger();
  EXPECT_EQ(asked, view);
}

}  // namespace
}  // namespace vitrine
