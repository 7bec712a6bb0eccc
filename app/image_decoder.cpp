#include "app/image_decoder.h"

#include <tiffio.h>

#include <QBuffer>
#include <QImage>
#include <QImageReader>
#include <QPainter>
#include <QRgba64>
#include <QTransform>
#include <cstdarg>
#include <cstdio>

#include "app/jpeg_reader.h"
#include "core/base/numbers.h"
#include "core/data/image_set.h"
#include "core/data/picture_checks.h"
#include "core/data/picture_kind.h"

namespace vitrine {
namespace {

constexpr qint64 kMostMegabytes = 512;
constexpr int kMostSide = 32768;

/// A picture as it was decoded, upright.
struct Picture {
  QImage image;
  double white = 255;
  std::string damage;
};

Error fault(const std::string& name, std::string found, std::string expected) { return {name, {}, std::move(found), std::move(expected), {}}; }
std::string sizeText(QSize s) { return std::to_string(s.width()) + " × " + std::to_string(s.height()); }

bool isFloat(QImage::Format f) { return f >= QImage::Format_RGBX16FPx4 && f <= QImage::Format_RGBA32FPx4_Premultiplied; }
bool isSixteen(QImage::Format f) { return f == QImage::Format_Grayscale16 || (f >= QImage::Format_RGBX64 && f <= QImage::Format_RGBA64_Premultiplied); }
double whiteOf(QImage::Format f) { return isFloat(f) ? 1 : isSixteen(f) ? 65535 : 255; }

/// What a picture of this size would take in memory is known before it is decoded.
Status checkSize(QSize size, bool deep, const std::string& name) {
  if (!size.isValid() || size.isEmpty()) return fault(name, "a picture that does not tell its size", "one that does");
  if (size.width() > kMostSide || size.height() > kMostSide) return fault(name, sizeText(size) + " pixels", "at most " + std::to_string(kMostSide) + " each way");
  const qint64 megabytes = (qint64(size.width()) * size.height() * (deep ? 8 : 4)) >> 20;
  if (megabytes > kMostMegabytes) return fault(name, sizeText(size) + " pixels (" + std::to_string(megabytes) + " MiB)", "at most " + std::to_string(kMostMegabytes) + " MiB");
  return {};
}

/// libtiff's first complaint since it was emptied; Qt's reader goes on without the strip.
thread_local std::string tiffFault;
void keepTiffFault(const char*, const char* format, va_list values) {
  char text[256];
  std::vsnprintf(text, sizeof(text), format, values);
  if (tiffFault.empty()) tiffFault = text;
}
/// What it only warns of is mostly a field it does not know; one that ends the file early it does without, were it the palette.
void keepTiffWarning(const char* module, const char* format, va_list values) {
  if (std::string_view(format).find("IO error") != std::string_view::npos) keepTiffFault(module, format, values);
}

/// One of Qt's readers, on bytes in memory; no other is asked.
class QtReader {
 public:
  QtReader(std::string_view bytes, const std::string& kind) : bytes_(QByteArray::fromRawData(bytes.data(), qsizetype(bytes.size()))), buffer_(&bytes_) {
    buffer_.open(QIODevice::ReadOnly);
    reader_.setDevice(&buffer_);
    reader_.setAutoDetectImageFormat(false);
    reader_.setFormat(QByteArray::fromStdString(lowerAscii(kind)));
    reader_.setAutoTransform(true);
  }
  QImageReader* operator->() { return &reader_; }

 private:
  QByteArray bytes_;
  QBuffer buffer_;
  QImageReader reader_;
};

QImage turned(const QImage& image, QImageIOHandler::Transformations t) {
  const QImage flipped = image.mirrored(t.testFlag(QImageIOHandler::TransformationMirror), t.testFlag(QImageIOHandler::TransformationFlip));
  return t.testFlag(QImageIOHandler::TransformationRotate90) ? flipped.transformed(QTransform().rotate(90)) : flipped;
}

Result<Picture> decodePnm(std::string_view bytes, const std::string& name, bool take) {
  Picture out;
  const Result<PnmImage> pnm = readPnm(bytes, name, take ? &out.damage : nullptr);
  if (!pnm) return pnm.error();
  const bool deep = pnm->white > 255, grey = pnm->channels == 1;
  if (deep) out.white = double(pnm->white);
  out.image = QImage(int(pnm->width), int(pnm->height), deep ? (grey ? QImage::Format_Grayscale16 : QImage::Format_RGBX64) : grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
  if (out.image.isNull()) return fault(name, "a picture too large for the memory", "a smaller one");
  const std::uint16_t* from = pnm->values.data();
  for (int y = 0; y < out.image.height(); ++y) {
    uchar* line = out.image.scanLine(y);
    const qint64 n = pnm->width * pnm->channels;
    if (!deep)
      for (qint64 i = 0; i < n; ++i) line[i] = uchar((*from++ * 255 + pnm->white / 2) / pnm->white);
    else if (grey)
      std::copy_n(from, n, reinterpret_cast<quint16*>(line)), from += n;
    else
      for (int x = 0; x < out.image.width(); ++x, from += 3) reinterpret_cast<QRgba64*>(line)[x] = qRgba64(from[0], from[1], from[2], 65535);
  }
  return out;
}

Result<Picture> decodeWhole(std::string_view bytes, const std::string& kind, const std::string& name, bool take) {
  if (kind == "PNM") return decodePnm(bytes, name, take);
  Picture out;
  QtReader reader(bytes, kind);
  if (kind == "JPEG") {
    Result<QImage> image = readJpeg(bytes, name, take ? &out.damage : nullptr);
    if (!image) return image.error();
    out.image = turned(*image, reader->transformation());
    return out;
  }
  const Status whole = kind == "BMP" ? checkBmp(bytes, name) : kind == "GIF" ? checkGif(bytes, name) : Status();
  if (!whole && !take) return whole.error();
  if (!whole) out.damage = whole.error().text();
  tiffFault.clear();
  if (!reader->read(&out.image) || out.image.isNull()) return fault(name, "a damaged picture (" + reader->errorString().toStdString() + (tiffFault.empty() ? "" : ": " + tiffFault) + ")", "an intact one");
  if (!tiffFault.empty()) {
    if (!take) return fault(name, "a damaged picture (" + tiffFault + ")", "an intact one");
    out.damage = name + ": " + tiffFault;
  }
  out.white = whiteOf(out.image.format());
  return out;
}

/// The part of a picture that is wanted, and the size it gets: scaling makes no more pixels than that, however thin the picture is.
struct Cut {
  QRect from;
  QSize to;
};
Cut cutOf(QSize have, QSize wanted, const std::string& fit) {
  const qint64 w = have.width(), h = have.height(), across = w * wanted.height(), down = h * wanted.width();
  const auto share = [](qint64 whole, qint64 part, qint64 of) { return int(std::max<qint64>(1, (2 * whole * part + of) / (2 * of))); };
  Cut cut{QRect(QPoint(0, 0), have), wanted};
  if (fit == "crop" && across > down) cut.from = QRect(0, 0, share(h, wanted.width(), wanted.height()), int(h));
  if (fit == "crop" && across < down) cut.from = QRect(0, 0, int(w), share(w, wanted.height(), wanted.width()));
  if (fit == "pad" && across > down) cut.to.setHeight(std::min(wanted.height(), share(h, wanted.width(), w)));
  if (fit == "pad" && across < down) cut.to.setWidth(std::min(wanted.width(), share(w, wanted.height(), h)));
  cut.from.moveTopLeft(QPoint(int(w - cut.from.width()) / 2, int(h - cut.from.height()) / 2));
  return cut;
}

/// Laid on its ground and brought to size, in a format of three equal channels.
QImage fitted(QImage image, const DecodeRequest& request) {
  const QImage::Format plain = isFloat(image.format()) ? QImage::Format_RGBX32FPx4 : isSixteen(image.format()) ? QImage::Format_RGBX64 : QImage::Format_RGB32;
  const QSize wanted = request.height > 0 && request.width > 0 ? QSize(int(request.width), int(request.height)) : image.size();
  const Cut cut = cutOf(image.size(), wanted, request.fit);
  if (cut.from.size() != image.size()) image = image.copy(cut.from);
  if (image.hasAlphaChannel()) {
    QImage ground(image.size(), plain);
    ground.fill(request.ground == "black" ? QColor(0, 0, 0) : request.ground == "grey" ? QColor(128, 128, 128) : QColor(255, 255, 255));
    QPainter(&ground).drawImage(0, 0, image);
    image = ground;
  }
  image.convertTo(plain);
  if (image.size() != cut.to) image = image.scaled(cut.to, Qt::IgnoreAspectRatio, Qt::SmoothTransformation).convertToFormat(plain);
  if (cut.to == wanted) return image;
  QImage padded(wanted, plain);
  padded.fill(Qt::black);
  QPainter(&padded).drawImage((wanted.width() - cut.to.width()) / 2, (wanted.height() - cut.to.height()) / 2, image);
  return padded;
}

/// Channels 0 to 2 of a pixel of more than 8 bits.
std::array<float, 3> deepPixel(const QImage& image, const uchar* line, int x) {
  if (image.format() == QImage::Format_RGBX64) {
    const QRgba64 c = reinterpret_cast<const QRgba64*>(line)[x];
    return {float(c.red()), float(c.green()), float(c.blue())};
  }
  const float* c = reinterpret_cast<const float*>(line) + 4 * x;
  return {c[0], c[1], c[2]};
}

void takeDeep(const QImage& image, int channels, DecodedImage& out) {
  bool grey = true;
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x) {
      const std::array<float, 3> c = deepPixel(image, image.constScanLine(y), x);
      grey = grey && c[0] == c[1] && c[1] == c[2];
      if (channels == 1)
        out.numbers.push_back(c[0] == c[1] && c[1] == c[2] ? c[0] : (11 * c[0] + 16 * c[1] + 5 * c[2]) / 32);  // as qGray weighs them
      else
        out.numbers.insert(out.numbers.end(), c.begin(), c.end());
    }
  out.channels = channels > 0 ? channels : grey ? 1 : 3;
  if (channels > 0 || !grey) return;
  for (std::size_t i = 0; i < out.numbers.size() / 3; ++i) out.numbers[i] = out.numbers[3 * i];
  out.numbers.resize(out.numbers.size() / 3);
}

Result<DecodedImage> decode(std::string_view bytes, const std::string& name, const DecodeRequest& request) {
  const PictureKind kind = pictureKind(bytes.substr(0, kPictureHead));
  if (!kind.readable) return fault(name, kind.name.empty() ? "no picture that is known" : kind.name, kReadablePictures);
  static const QList<QByteArray> known = QImageReader::supportedImageFormats();
  if (kind.name != "PNM" && !known.contains(QByteArray::fromStdString(lowerAscii(kind.name))))
    return fault(name, kind.name + ", whose reader is not installed", "Qt's image formats (Debian's package qt6-image-formats-plugins)");
  DecodedImage out;
  QSize size;
  if (kind.name == "PNM") {
    const Result<PnmImage> header = readPnmHeader(bytes, name);
    if (!header) return header.error();
    size = QSize(int(header->width), int(header->height));
    if (header->white > 255) out.white = double(header->white);
  } else {
    QtReader reader(bytes, kind.name);
    size = reader->size();
    if (reader->transformation().testFlag(QImageIOHandler::TransformationRotate90)) size.transpose();
    // Qt's JPEG reader tells no format (a number without meaning) of a picture whose size it could not read.
    if (!size.isValid()) return fault(name, "a damaged picture (" + reader->errorString().toStdString() + ")", "an intact one");
    out.white = whiteOf(reader->imageFormat());
  }
  if (Status s = checkSize(size, out.isDeep(), name); !s) return s.error();
  out.height = size.height(), out.width = size.width();
  if (request.sizeOnly) return out;
  Result<Picture> picture = decodeWhole(bytes, kind.name, name, request.takeDamaged);
  if (!picture) return picture.error();
  QImage image = fitted(std::move(picture->image), request);
  out.white = picture->white, out.damage = std::move(picture->damage);
  out.height = image.height(), out.width = image.width();
  if (out.isDeep()) {
    takeDeep(image, request.channels, out);
    return out;
  }
  const bool grey = request.channels == 1 || (request.channels == 0 && image.allGray());
  out.channels = grey ? 1 : 3;
  image.convertTo(grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
  const std::size_t row = std::size_t(image.width()) * std::size_t(out.channels);
  for (int y = 0; y < image.height(); ++y) out.values.insert(out.values.end(), image.constScanLine(y), image.constScanLine(y) + row);
  return out;
}

}  // namespace

void installImageDecoder() {
  QImageReader::setAllocationLimit(kMostMegabytes);
  TIFFSetErrorHandler(keepTiffFault);
  TIFFSetWarningHandler(keepTiffWarning);
  setImageDecoder(decode);
}

}  // namespace vitrine
