#include "app/image_decoder.h"

#include <QFileInfo>
#include <QImage>
#include <QImageReader>

#include "core/data/image_set.h"

namespace vitrine {
namespace {

constexpr int kMostMegabytes = 512, kMostSide = 32768;

Error fault(const QString& path, std::string found, std::string expected) { return {QFileInfo(path).fileName().toStdString(), {}, std::move(found), std::move(expected), {}}; }

/// As `fit` says; the size may be any on both sides.
QImage resized(const QImage& image, QSize size, const std::string& fit) {
  if (image.size() == size) return image;
  if (fit == "stretch") return image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
  const QImage scaled = image.scaled(size, fit == "pad" ? Qt::KeepAspectRatio : Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
  // The middle is copied; what lies outside is black.
  QImage out = scaled.copy(QRect(QPoint((scaled.width() - size.width()) / 2, (scaled.height() - size.height()) / 2), size));
  return out;
}

Result<DecodedImage> decode(const std::filesystem::path& file, const DecodeRequest& request) {
  const QString path = QString::fromStdString(file.string());
  QImageReader reader(path);
  reader.setDecideFormatFromContent(true);
  reader.setAutoTransform(true);
  const QSize size = reader.size();
  if (!reader.canRead()) return fault(path, "no picture that is known", "PNG, JPEG, BMP or PNM");
  if (size.isValid() && (size.width() > kMostSide || size.height() > kMostSide))
    return fault(path, std::to_string(size.width()) + " × " + std::to_string(size.height()) + " pixels", "at most 32768 each way");
  DecodedImage out;
  if (request.sizeOnly && size.isValid()) {
    const bool turned = reader.transformation().testFlag(QImageIOHandler::TransformationRotate90);
    out.height = turned ? size.width() : size.height();
    out.width = turned ? size.height() : size.width();
    return out;
  }
  QImage image;
  if (!reader.read(&image) || image.isNull()) return fault(path, "a damaged picture (" + reader.errorString().toStdString() + ")", "an intact one");
  out.height = image.height();
  out.width = image.width();
  if (request.sizeOnly) return out;
  // What is transparent stands on black.
  if (image.hasAlphaChannel()) {
    QImage ground(image.size(), QImage::Format_RGB32);
    ground.fill(Qt::black);
    image = image.convertToFormat(QImage::Format_ARGB32);
    for (int y = 0; y < image.height(); ++y) {
      const QRgb* from = reinterpret_cast<const QRgb*>(image.constScanLine(y));
      QRgb* to = reinterpret_cast<QRgb*>(ground.scanLine(y));
      for (int x = 0; x < image.width(); ++x) to[x] = qRgb(qRed(from[x]) * qAlpha(from[x]) / 255, qGreen(from[x]) * qAlpha(from[x]) / 255, qBlue(from[x]) * qAlpha(from[x]) / 255);
    }
    image = ground;
  }
  const bool grey = request.channels == 1 || (request.channels == 0 && image.allGray());
  out.channels = grey ? 1 : 3;
  if (request.height > 0 && request.width > 0) image = resized(image.convertToFormat(QImage::Format_RGB32), QSize(int(request.width), int(request.height)), request.fit);
  image = image.convertToFormat(grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
  out.height = image.height();
  out.width = image.width();
  const std::size_t row = std::size_t(image.width()) * std::size_t(out.channels);
  for (int y = 0; y < image.height(); ++y) out.values.insert(out.values.end(), image.constScanLine(y), image.constScanLine(y) + row);
  return out;
}

}  // namespace

void installImageDecoder() {
  QImageReader::setAllocationLimit(kMostMegabytes);
  setImageDecoder(decode);
}

}  // namespace vitrine
