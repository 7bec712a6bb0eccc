#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// Encodings that can be named, in the order of a list.
const std::vector<std::string>& textEncodings();
/// By byte order mark; else UTF-16 by its zero bytes; else UTF-8 where the bytes are that; else the encoding in which the words with other
/// letters than a … z look most like words: letters of one script, Chinese characters that are in use (GB 2312's first level), none of them
/// within a Latin word.
std::string detectEncoding(std::string_view bytes);
/// The text as UTF-8 without byte order mark. Bytes that are not of the encoding, and zero bytes, are refused with their row.
Result<std::string> toUtf8(std::string bytes, const std::string& encoding);

/// How words of a text would read.
struct EncodingSample {
  std::string encoding;
  std::string words;  ///< the first ones with other than ASCII letters, as UTF-8; those that readings differ in
};
/// Every encoding the bytes can be, each with the same words; none where all bytes are ASCII. Only the first words are looked at.
std::vector<EncodingSample> encodingSamples(std::string_view bytes);

}  // namespace vitrine
