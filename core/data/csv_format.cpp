#include "core/data/csv_format.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/data/cells.h"
#include "core/data/csv_records.h"

namespace vitrine {
namespace {

constexpr std::size_t kLookedAt = std::size_t{1} << 18;

/// The place of the first byte that is not UTF-8, or npos (RFC 3629: no overlong forms, surrogates, beyond U+10FFFF).
/// `whole`: a character cut off at the end is a fault.
std::size_t notUtf8(std::string_view text, bool whole) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (!whole && i + more >= text.size()) return std::string_view::npos;
    bool good = c >= 0xc2 && c <= 0xf4 && i + more < text.size();
    for (std::size_t k = 1; good && k <= more; ++k) good = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
    if (good && more >= 2) {
      const unsigned char second = static_cast<unsigned char>(text[i + 1]);
      good = !(c == 0xe0 && second < 0xa0) && !(c == 0xed && second > 0x9f) && !(c == 0xf0 && second < 0x90) && !(c == 0xf4 && second > 0x8f);
    }
    if (!good) return i;
    i += 1 + more;
  }
  return std::string_view::npos;
}

std::string rowOf(std::string_view text, std::size_t at) {
  return "row " + std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

/// Through the C library's tables. Nothing: bytes that are not of the encoding; `at` says where.
bool convert(std::string_view bytes, const std::string& from, std::string& out, std::size_t& at) {
  const iconv_t table = iconv_open("UTF-8", from.c_str());
  if (table == reinterpret_cast<iconv_t>(-1)) return false;
  std::array<char, 65536> piece;
  char* in = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  bool good = true;
  while (good && left > 0) {
    char* to = piece.data();
    std::size_t room = piece.size();
    good = iconv(table, &in, &left, &to, &room) != static_cast<std::size_t>(-1) || errno == E2BIG;
    out.append(piece.data(), piece.size() - room);
  }
  at = bytes.size() - left;
  iconv_close(table);
  return good;
}

std::string_view withoutMark(std::string_view bytes, const std::string& encoding) {
  if (encoding == "UTF-8" && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (encoding == "UTF-16LE" && bytes.starts_with("\xff\xfe")) bytes.remove_prefix(2);
  if (encoding == "UTF-16BE" && bytes.starts_with("\xfe\xff")) bytes.remove_prefix(2);
  return bytes;
}

/// Of what a record's cells look like.
struct Numbers {
  int point = 0, comma = 0, text = 0;
  void add(std::string_view cell) {
    if (cell.empty()) return;
    if (looksNumeric(cell)) {
      if (cell.find('.') != std::string_view::npos) ++point;
      return;
    }
    std::string changed(cell);
    std::replace(changed.begin(), changed.end(), ',', '.');
    if (cell.find('.') == std::string_view::npos && cell.find(',') != std::string_view::npos && looksNumeric(changed))
      ++comma;
    else
      ++text;
  }
};

}  // namespace

std::vector<std::string> CsvFormat::defaultMissing() { return {"NA", "N/A", "NaN", "null", "?", "-"}; }

const std::vector<std::string>& textEncodings() {
  static const std::vector<std::string> all{"UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", "ISO-8859-1"};
  return all;
}

std::string detectEncoding(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return "UTF-16LE";
  if (bytes.starts_with("\xfe\xff")) return "UTF-16BE";
  const std::string_view head = bytes.substr(0, kLookedAt);
  // Text of Latin letters, digits and separators: in UTF-16 every other byte is zero.
  std::size_t zero[2] = {0, 0};
  for (std::size_t i = 0; i < head.size(); ++i) zero[i % 2] += head[i] == 0;
  if (zero[1] * 4 > head.size() && zero[0] * 16 < head.size()) return "UTF-16LE";
  if (zero[0] * 4 > head.size() && zero[1] * 16 < head.size()) return "UTF-16BE";
  if (notUtf8(head, head.size() == bytes.size()) == std::string_view::npos) return "UTF-8";
  // A single odd byte in ASCII is more likely Latin-1 or a fault than Chinese: GB18030 has them in pairs, and many.
  std::string unused;
  std::size_t at = 0;
  const std::size_t high = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  const bool chinese = convert(head, "GB18030", unused, at) || (head.size() < bytes.size() && at + 4 > head.size());
  if (chinese && high >= 4) return "GB18030";
  return high * 8 < head.size() ? "ISO-8859-1" : "UTF-8";
}

Result<std::string> toUtf8(std::string bytes, const std::string& encoding) {
  const std::string_view body = withoutMark(bytes, encoding);
  std::string text;
  if (encoding == "UTF-8") {
    if (const std::size_t at = notUtf8(body, true); at != std::string_view::npos)
      return Error{{}, rowOf(body, at), "bytes that are not UTF-8", "a file saved as UTF-8", {}};
    if (body.size() == bytes.size())
      text = std::move(bytes);
    else
      text = body;
  } else {
    std::size_t at = 0;
    if (std::find(textEncodings().begin(), textEncodings().end(), encoding) == textEncodings().end())
      return Error{{}, "encoding", "'" + encoding + "'", "UTF-8, UTF-16LE, UTF-16BE, GB18030 or ISO-8859-1", {}};
    if (!convert(body, encoding, text, at))
      return Error{{}, "byte " + std::to_string(at + bytes.size() - body.size()), "bytes that are not " + encoding, "another encoding", {}};
  }
  if (const std::size_t at = text.find('\0'); at != std::string::npos) return Error{{}, rowOf(text, at), "a zero byte", "text", {}};
  return text;
}

CsvFormat detectFormat(std::string_view text, CsvFormat f) {
  const std::string_view head = text.substr(0, kLookedAt);
  if (f.separator == 0) f.separator = detectSeparator(head, f.quote);
  CsvRecords records(head, f.separator, f.quote);
  Numbers body;
  bool headerNumeric = true, anyName = false, named = false;
  std::vector<std::string> first;
  std::vector<bool> column;  // whether the body's cells of a column are numbers
  for (int i = 0; i < 50 && records.next(); ++i) {
    // The last record of a cut head may be cut itself.
    if (i > 0 && head.size() < text.size() && records.position() >= head.size()) break;
    for (std::size_t c = 0; c < records.fields().size(); ++c) {
      const std::string_view cell = trimmed(records.fields()[c]);
      if (i == 0) {
        first.emplace_back(cell);
        continue;
      }
      body.add(cell);
      if (column.size() <= c) column.resize(c + 1, true);
      if (!isMissingMark(cell, f)) column[c] = column[c] && std::any_of(cell.begin(), cell.end(), [](char d) { return d >= '0' && d <= '9'; });
    }
  }
  if (f.decimal == 0) f.decimal = f.separator != ',' && body.comma > body.point ? ',' : '.';
  if (f.header >= 0) return f;
  for (std::size_t c = 0; c < first.size(); ++c) {
    std::string room;
    std::string_view plain;
    const bool number = isMissingMark(first[c], f) ? false : plainNumber(first[c], f, room, plain) && looksNumeric(plain);
    if (!first[c].empty()) anyName = anyName || !number;
    headerNumeric = headerNumeric && number;
    // A name over a column of numbers.
    named = named || (!number && !first[c].empty() && c < column.size() && column[c]);
  }
  // Text over text tells nothing; then a header is what tables have.
  const bool onlyNumbers = headerNumeric && !first.empty();
  const bool mixed = anyName && !named && std::any_of(first.begin(), first.end(), [](const std::string& s) { return looksNumeric(s); });
  f.header = onlyNumbers || mixed ? 0 : 1;
  return f;
}

bool isMissingMark(std::string_view cell, const CsvFormat& format) {
  if (cell.empty()) return true;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  for (const std::string& mark : format.missing)
    if (mark.size() == cell.size() && std::equal(mark.begin(), mark.end(), cell.begin(), same)) return true;
  return false;
}

bool plainNumber(std::string_view cell, const CsvFormat& f, std::string& room, std::string_view& out) {
  out = cell;
  const bool rewrite = (f.decimal == ',' && cell.find(',') != std::string_view::npos) || (f.thousands != 0 && cell.find(f.thousands) != std::string_view::npos) ||
                       (f.decimal == ',' && cell.find('.') != std::string_view::npos);
  if (!rewrite) return true;
  room.clear();
  const std::size_t point = cell.find(f.decimal);
  const std::string_view whole = cell.substr(0, point);
  std::size_t digits = 0, groups = 0;
  for (const char c : whole) {
    if (f.thousands != 0 && c == f.thousands) {
      if (digits == 0 || (groups == 0 ? digits > 3 : digits != 3)) return false;
      ++groups;
      digits = 0;
      continue;
    }
    if (c == '.' || c == ',') return false;
    digits += c >= '0' && c <= '9';
    room += c;
  }
  if (groups > 0 && digits != 3) return false;
  if (point != std::string_view::npos) {
    if (cell.find_first_of(".,", point + 1) != std::string_view::npos) return false;
    room += '.';
    room += cell.substr(point + 1);
  }
  out = room;
  return true;
}

}  // namespace vitrine
