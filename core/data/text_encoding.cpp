#include "core/data/text_encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>

namespace vitrine {
namespace {

constexpr std::size_t kLookedAt = std::size_t{1} << 18;

/// The place of the first byte that is not UTF-8, or npos (RFC 3629: no overlong forms, surrogates, beyond U+10FFFF).
std::size_t notUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
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

/// Through the C library's tables. False: bytes that are not of the encoding; `at` says where.
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

bool isHigh(char c) { return static_cast<unsigned char>(c) >= 0x80; }

/// The lines that tell encodings apart, as many as need be looked at: those with bytes beyond ASCII.
std::string tellingLines(std::string_view bytes, std::size_t most = kLookedAt) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size() && out.size() < most;) {
    const auto high = std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.end(), isHigh);
    if (high == bytes.end()) break;
    const std::size_t at = static_cast<std::size_t>(high - bytes.begin());
    const std::size_t before = bytes.find_last_of("\r\n", at), begin = std::max(i, before == std::string_view::npos ? 0 : before + 1);
    const std::size_t end = std::min(bytes.find_first_of("\r\n", at), bytes.size());
    out += bytes.substr(begin, std::min(end - begin, most));
    out += '\n';
    i = end + 1;
  }
  return out;
}

enum class Script { None, Latin, Cyrillic, Greek, Han, Kana, Hangul, Symbol, Control };

Script scriptOf(char32_t c) {
  const auto within = [c](char32_t low, char32_t high) { return c >= low && c <= high; };
  if (within('a', 'z') || within('A', 'Z')) return Script::Latin;
  if (c < 0x80) return Script::None;
  if (c < 0xa0) return Script::Control;
  if (c == 0xaa || c == 0xba || c == 0xb5) return Script::Symbol;
  if ((within(0xc0, 0x24f) && c != 0xd7 && c != 0xf7) || within(0x1e00, 0x1eff)) return Script::Latin;
  if (within(0x370, 0x3ff)) return Script::Greek;
  if (within(0x400, 0x52f)) return Script::Cyrillic;
  if (within(0x3040, 0x30ff) || within(0xff66, 0xff9f)) return Script::Kana;
  if (within(0x3400, 0x9fff) || within(0xf900, 0xfaff) || within(0x20000, 0x3ffff)) return Script::Han;
  if (within(0xac00, 0xd7a3)) return Script::Hangul;
  if (within(0xe000, 0xf8ff) || c == 0xfffd) return Script::Control;
  return Script::Symbol;
}

/// Upper case, of the letters that the encodings here have.
bool isUpper(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  if (c >= 0xc0 && c <= 0xde) return c != 0xd7;
  if (c == 0x178) return true;
  if (c >= 0x100 && c <= 0x17f) return c < 0x138 || (c >= 0x14a && c < 0x178) ? c % 2 == 0 : c % 2 == 1;
  return c >= 0x400 && c <= 0x42f;
}

/// Signs that stand in ordinary text of Latin letters.
bool isUsualSign(char32_t c) {
  static constexpr std::u32string_view kUsual = U"€‚„…‘’“”•–—™°±µ·£§©®«»½¼¾²³×÷¡¿ªº¢¥\u00a0\u3000\u3001\u3002\uff0c\uff08\uff09\uff1a";
  return kUsual.find(c) != std::u32string_view::npos;
}

/// Whether GB 2312 has the character on its first level: the 3755 that texts are mostly made of.
class UsualHan {
 public:
  UsualHan() {
    std::string pairs, text;
    for (int lead = 0xb0; lead <= 0xd7; ++lead)
      for (int trail = 0xa1; trail <= (lead == 0xd7 ? 0xf9 : 0xfe); ++trail) pairs += static_cast<char>(lead), pairs += static_cast<char>(trail);
    std::size_t at = 0;
    if (!convert(pairs, "GB2312", text, at)) return;
    for (std::size_t i = 0; i + 3 <= text.size(); i += 3) {
      const auto part = [&](std::size_t k) { return static_cast<char32_t>(static_cast<unsigned char>(text[i + k])); };
      all_.push_back((part(0) & 15) << 12 | (part(1) & 63) << 6 | (part(2) & 63));
    }
    std::sort(all_.begin(), all_.end());
  }
  bool has(char32_t c) const { return std::binary_search(all_.begin(), all_.end(), c); }

 private:
  std::vector<char32_t> all_;
};

std::u32string codePoints(std::string_view utf8) {
  std::u32string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const unsigned char c = static_cast<unsigned char>(utf8[i]);
    const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    char32_t v = more == 0 ? c : c & (0x3f >> more);
    for (std::size_t k = 1; k <= more && i + k < utf8.size(); ++k) v = v << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3f);
    out += v;
    i += 1 + more;
  }
  return out;
}

/// How much one run of letters looks like a word, 0 … 1.
double wordLikeness(std::u32string_view word) {
  static const UsualHan usual;
  std::array<int, 9> count{};
  int plain = 0, usualHan = 0, turns = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const Script s = scriptOf(word[i]);
    ++count[static_cast<std::size_t>(s)];
    plain += word[i] < 0x80;
    usualHan += s == Script::Han && usual.has(word[i]);
    turns += i > 0 && !isUpper(word[i - 1]) && isUpper(word[i]);
  }
  const int all = static_cast<int>(word.size());
  const auto of = [&](Script s) { return count[static_cast<std::size_t>(s)]; };
  const double cased = turns == 0 ? 1 : 0.2;
  if (of(Script::Latin) == all) {
    // Accents are fewer than plain letters; none of these is what other scripts' words look like.
    const double share = static_cast<double>(plain) / all;
    return cased * (plain > 0 ? std::min(1.0, 0.5 + share) : all <= 3 ? 0.3 : 0.1);
  }
  if (of(Script::Cyrillic) == all || of(Script::Greek) == all) {
    const bool capitals = std::all_of(word.begin(), word.end(), isUpper);
    return cased * (all == 1 ? 0.5 : capitals && all <= 3 ? 0.7 : 1);
  }
  if (of(Script::Hangul) == all) return all > 1 ? 1 : 0.4;
  // Half-width kana are what other encodings' letters look like in Shift_JIS.
  if (std::all_of(word.begin(), word.end(), [](char32_t c) { return c >= 0xff66 && c <= 0xff9f; })) return 0.3;
  if (of(Script::Kana) > 0 && of(Script::Kana) + of(Script::Han) == all) return of(Script::Kana) == all || usualHan * 2 >= of(Script::Han) ? 1 : 0.5;
  if (of(Script::Han) == all) return (all > 1 ? 1 : 0.8) * usualHan / all;
  return 0;
}

/// The mean likeness over the words with other letters than a … z, and the other signs beyond ASCII. `words`: how many different ones.
double likeness(const std::string& utf8, std::size_t& words) {
  constexpr std::size_t kMostKept = 1000;
  std::set<std::u32string_view> different;
  const std::u32string text = codePoints(utf8);
  double sum = 0, n = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Script s = scriptOf(text[i]);
    if (s == Script::None) {
      ++i;
    } else if (s == Script::Symbol || s == Script::Control) {
      // Signs tell little; control characters are none of a text.
      const double weight = s == Script::Control ? 1 : 0.5;
      sum += isUsualSign(text[i]) ? 0.95 * weight : 0;
      n += weight;
      ++i;
    } else {
      const std::size_t begin = i;
      bool foreign = false;
      for (; i < text.size() && scriptOf(text[i]) != Script::None && scriptOf(text[i]) != Script::Symbol && scriptOf(text[i]) != Script::Control; ++i) foreign = foreign || text[i] >= 0x80;
      if (!foreign) continue;
      sum += wordLikeness(std::u32string_view(text).substr(begin, i - begin));
      if (different.size() < kMostKept) different.insert(std::u32string_view(text).substr(begin, i - begin));
      n += 1;
    }
  }
  words = different.size();
  return n > 0 ? sum / n : 0;
}

/// An encoding that is told by how the text reads, and what its reading counts: Central European letters look as plausible as Western
/// ones in nearly every Western text, and a few Chinese words may read as Korean ones.
struct ByReading {
  const char* encoding;
  double weight, weightOfFew;
};
/// In the order of preference among equals.
constexpr std::array<ByReading, 8> kByReading{{{"Windows-1252", 1, 1}, {"EUC-KR", 1, 0.9}, {"GB18030", 1, 1}, {"Windows-1251", 1, 1}, {"Shift_JIS", 1, 1}, {"Big5", 1, 1}, {"Windows-1250", 0.9, 0.9}, {"ISO-8859-1", 0.5, 0.5}}};
constexpr std::size_t kFewWords = 4;

/// The lines as they read in an encoding, without the end that a cut may have spoilt; nothing where they are not of it.
std::optional<std::string> read(std::string_view lines, const char* encoding) {
  std::string text;
  std::size_t at = 0;
  if (!convert(lines, encoding, text, at)) return std::nullopt;
  return text;
}

}  // namespace

const std::vector<std::string>& textEncodings() {
  static const std::vector<std::string> all{"UTF-8",   "Windows-1252", "ISO-8859-1", "ISO-8859-15", "Windows-1250", "Windows-1251", "Windows-1253", "Windows-1254",
                                            "GB18030", "Big5",         "Shift_JIS",  "EUC-JP",      "EUC-KR",       "UTF-16LE",     "UTF-16BE"};
  return all;
}

std::string detectEncoding(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) return "UTF-8";
  if (bytes.starts_with("\xff\xfe")) return "UTF-16LE";
  if (bytes.starts_with("\xfe\xff")) return "UTF-16BE";
  const std::string_view head = bytes.substr(0, kLookedAt);
  // Text of Latin letters, digits and separators: in UTF-16 every other byte is zero.
  std::size_t zero[2] = {0, 0};
  for (std::size_t i = 0; i < head.size(); ++i) zero[i % 2] += head[i] == 0;
  if (zero[1] * 4 > head.size() && zero[0] * 16 < head.size()) return "UTF-16LE";
  if (zero[0] * 4 > head.size() && zero[1] * 16 < head.size()) return "UTF-16BE";
  if (notUtf8(bytes) == std::string_view::npos) return "UTF-8";
  const std::string lines = tellingLines(bytes);
  // Nearly all of it is UTF-8: that is what it is, with a fault.
  std::size_t good = 0, bad = 0;
  for (std::size_t i = 0; i < lines.size();) {
    if (!isHigh(lines[i])) {
      ++i;
      continue;
    }
    const unsigned char c = static_cast<unsigned char>(lines[i]);
    const std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    const bool whole = notUtf8(std::string_view(lines).substr(i, length)) == std::string_view::npos;
    ++(whole ? good : bad);
    i += whole ? length : 1;
  }
  if (good > 9 * bad) return "UTF-8";
  std::string best;
  double most = 0;
  for (const ByReading& by : kByReading)
    if (const std::optional<std::string> text = read(lines, by.encoding)) {
      std::size_t words = 0;
      const double like = likeness(*text, words) * (words < kFewWords ? by.weightOfFew : by.weight);
      if (like > most + 1e-9) most = like, best = by.encoding;
    }
  // What reads like nothing is no text.
  const std::size_t high = static_cast<std::size_t>(std::count_if(head.begin(), head.end(), isHigh));
  if (!best.empty() && (most >= 0.25 || high * 8 < head.size())) return best;
  return "UTF-8";
}

Result<std::string> toUtf8(std::string bytes, const std::string& encoding) {
  const std::string_view body = withoutMark(bytes, encoding);
  std::string text;
  if (encoding == "UTF-8") {
    if (const std::size_t at = notUtf8(body); at != std::string_view::npos)
      return Error{{}, rowOf(body, at), "bytes that are not UTF-8", "a file saved as UTF-8", {}};
    if (body.size() == bytes.size())
      text = std::move(bytes);
    else
      text = body;
  } else {
    std::size_t at = 0;
    if (std::find(textEncodings().begin(), textEncodings().end(), encoding) == textEncodings().end()) {
      std::string all;
      for (const std::string& e : textEncodings()) all += (all.empty() ? "" : ", ") + e;
      return Error{{}, "encoding", "'" + encoding + "'", "one of " + all, {}};
    }
    if (!convert(body, encoding, text, at)) return Error{{}, rowOf(body, at), "bytes that are not " + encoding, "another encoding", {}};
  }
  if (const std::size_t at = text.find('\0'); at != std::string::npos) return Error{{}, rowOf(text, at), "a zero byte", "text", {}};
  return text;
}

std::vector<EncodingSample> encodingSamples(std::string_view bytes) {
  constexpr std::size_t kLines = 1 << 14, kWords = 3, kLongest = 24;
  std::vector<EncodingSample> out;
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return out;
  // The first words with other bytes than ASCII, cut at blanks and marks, which no encoding here has within a letter's bytes ('|' apart).
  const std::string lines = tellingLines(bytes, kLines);
  std::string words;
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < lines.size() && seen.size() < kWords;) {
    const std::size_t end = std::min(lines.find_first_of(" ,;\t\n\"'()", i), lines.size());
    const std::string word = lines.substr(i, end - i);
    if (word.size() <= kLongest && std::any_of(word.begin(), word.end(), isHigh) && std::find(seen.begin(), seen.end(), word) == seen.end()) {
      words += (seen.empty() ? "" : ", ") + word;
      seen.push_back(word);
    }
    i = end + 1;
  }
  if (seen.empty()) return out;
  for (const std::string& encoding : textEncodings()) {
    if (encoding.starts_with("UTF-16")) continue;
    if (std::optional<std::string> text = encoding == "UTF-8" ? (notUtf8(words) == std::string_view::npos ? std::optional(words) : std::nullopt) : read(words, encoding.c_str()))
      if (std::none_of(text->begin(), text->end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) out.push_back({encoding, std::move(*text)});
  }
  return out;
}

}  // namespace vitrine
