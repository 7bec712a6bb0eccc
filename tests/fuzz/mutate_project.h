#pragma once

// Changes a project's file from within: its ZIP is unpacked, one entry changed as what it is (JSON, CSV, safetensors), and packed again.
// Flipped bits of the ZIP itself end at its checksums and teach nothing about what is behind them.

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "core/base/numbers.h"
#include "core/base/zip_archive.h"

namespace vitrine::fuzz {

using nlohmann::json;
using Random = std::minstd_rand;

inline std::size_t below(Random& random, std::size_t n) { return n == 0 ? 0 : random() % n; }

/// Everything in the tree but its root.
inline void collect(json& value, std::vector<json*>& out) {
  if (!value.is_structured()) return;
  for (json& child : value) out.push_back(&child), collect(child, out);
}

inline json oddValue(const json& was, Random& random) {
  const std::int64_t n = was.is_number_integer() ? was.get<std::int64_t>() : 3;
  switch (below(random, 16)) {
    case 0: return 0;
    case 1: return -1;
    case 2: return n + 1;
    case 3: return n - 1;
    case 4: return n * 2;
    case 5: return std::int64_t{1} << 31;
    case 6: return std::numeric_limits<std::int64_t>::max();
    case 7: return 1e308;
    case 8: return -1e-308;
    case 9: return "";
    case 10: return "x";
    case 11: return nullptr;
    case 12: return json::array();
    case 13: return json::object();
    case 14: return true;
    default: return static_cast<std::int64_t>(below(random, 40));
  }
}

inline std::string mutateJson(const std::string& text, Random& random) {
  json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return text;
  std::vector<json*> all;
  collect(root, all);
  if (all.empty()) return text;
  json& at = *all[below(random, all.size())];
  switch (below(random, 6)) {
    case 0: at = json(*all[below(random, all.size())]).is_structured() && below(random, 2) ? oddValue(at, random) : json(*all[below(random, all.size())]); break;
    case 1:  // one less
      if (at.is_array() && !at.empty()) at.erase(below(random, at.size()));
      else if (at.is_object() && !at.empty()) at.erase(std::next(at.begin(), static_cast<std::ptrdiff_t>(below(random, at.size()))));
      else at = oddValue(at, random);
      break;
    case 2:  // one twice, or two in each other's place
      if (at.is_array() && !at.empty()) at.push_back(json(at[below(random, at.size())]));
      else at = oddValue(at, random);
      break;
    case 3:
      if (at.is_array() && at.size() > 1) std::swap(at[below(random, at.size())], at[below(random, at.size())]);
      else at = oddValue(at, random);
      break;
    default: at = oddValue(at, random);
  }
  return root.dump(1, ' ', false, json::error_handler_t::replace);
}

inline std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) c == at ? parts.emplace_back().clear() : parts.back().push_back(c);
  return parts;
}

inline std::string join(const std::vector<std::string>& parts, char with) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i ? std::string(1, with) : std::string()) + parts[i];
  return out;
}

inline std::string oddCell(const std::string& was, Random& random) {
  static const char* const kOdd[] = {"", "0", "-1", "nan", "inf", "1e308", "-0", "9223372036854775807", "2147483648", "x", "0.5", "1 2 3", "\"", "1e-320"};
  if (below(random, 4) > 0) return kOdd[below(random, std::size(kOdd))];
  const auto n = parseNumber<std::int64_t>(was);
  return n && std::abs(*n) < (1 << 30) ? std::to_string(*n + static_cast<std::int64_t>(below(random, 5)) - 2) : was + was;
}

/// A line or a cell of it (or of the numbers in a cell) more, less, or another.
inline void mutateList(std::vector<std::string>& list, Random& random) {
  const std::size_t i = below(random, list.size());
  switch (below(random, 4)) {
    case 0: list.erase(list.begin() + static_cast<std::ptrdiff_t>(i)); break;
    case 1: list.insert(list.begin() + static_cast<std::ptrdiff_t>(i), list[i]); break;
    case 2: std::swap(list[i], list[below(random, list.size())]); break;
    default: list[i] = oddCell(list[i], random);
  }
}

inline std::string mutateCsv(const std::string& text, Random& random) {
  std::vector<std::string> lines = split(text, '\n');
  if (below(random, 4) == 0) {
    mutateList(lines, random);
    return join(lines, '\n');
  }
  std::string& line = lines[below(random, lines.size())];
  std::vector<std::string> cells = split(line, ',');
  std::string& cell = cells[below(random, cells.size())];
  if (cell.find(' ') != std::string::npos && below(random, 3) > 0) {
    std::vector<std::string> numbers = split(cell, ' ');
    mutateList(numbers, random);
    cell = join(numbers, ' ');
  } else {
    mutateList(cells, random);
  }
  line = join(cells, ',');
  return join(lines, '\n');
}

inline std::string mutateTensors(const std::string& bytes, Random& random) {
  std::uint64_t length = 0;
  if (bytes.size() < 8) return bytes;
  std::memcpy(&length, bytes.data(), 8);
  if (length > bytes.size() - 8) return bytes;
  std::string header = bytes.substr(8, length), data = bytes.substr(8 + length);
  if (below(random, 2) == 0) {
    header = mutateJson(header, random);
    header.resize((header.size() + 7) / 8 * 8, ' ');
    length = header.size();
  } else if (below(random, 8) == 0) {
    data.resize(below(random, data.size() + 8));
  } else if (data.size() >= 4) {
    static const float kOdd[] = {0, 1, -1, 1e38F, -1e38F, 1e-40F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()};
    for (std::size_t n = 1 + below(random, 4); n > 0; --n) std::memcpy(data.data() + below(random, data.size() / 4) * 4, &kOdd[below(random, std::size(kOdd))], 4);
  }
  std::string out(8, '\0');
  std::memcpy(out.data(), &length, 8);
  return out + header + data;
}

inline std::string mutateBytes(std::string bytes, Random& random) {
  if (bytes.empty()) return "x";
  for (std::size_t n = 1 + below(random, 4); n > 0; --n) bytes[below(random, bytes.size())] = static_cast<char>(random());
  return bytes;
}

inline std::string mutateZip(const std::string& bytes, Random& random);

inline std::string mutateEntry(const std::string& name, const std::string& bytes, Random& random) {
  if (name.ends_with(".json")) return mutateJson(bytes, random);
  if (name.ends_with(".csv") || name.ends_with(".arff")) return mutateCsv(bytes, random);
  if (name.ends_with(".safetensors")) return mutateTensors(bytes, random);
  if (name.ends_with(".npz")) return mutateZip(bytes, random);
  return mutateBytes(bytes, random);
}

/// One to three changes; what is no ZIP stays as it is.
inline std::string mutateZip(const std::string& bytes, Random& random) {
  const Result<std::vector<std::string>> names = zipNames(bytes, "seed");
  const auto read = names ? readZip(bytes, *names, "seed") : names.error();
  if (!read || read->empty()) return bytes;
  std::vector<ZipEntry> entries;
  for (const std::string& name : *names)
    if (read->count(name)) entries.push_back({name, read->at(name), name == "mimetype"});
  for (std::size_t n = 1 + below(random, 3); n > 0 && !entries.empty(); --n) {
    // project.json holds most of what can be wrong.
    std::size_t i = below(random, entries.size());
    if (below(random, 2) == 0)
      for (std::size_t k = 0; k < entries.size(); ++k)
        if (entries[k].name == "project.json") i = k;
    if (below(random, 40) == 0) entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    else if (below(random, 60) == 0) std::swap(entries[i].bytes, entries[below(random, entries.size())].bytes);
    else if (entries[i].name != "mimetype" || below(random, 60) == 0) entries[i].bytes = mutateEntry(entries[i].name, entries[i].bytes, random);
  }
  const Result<std::string> packed = makeZip(entries);
  return packed ? *packed : bytes;
}

/// What libFuzzer asks of a custom mutator.
inline std::size_t mutateInPlace(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  Random random(seed + 1);
  const std::string out = mutateZip(std::string(reinterpret_cast<const char*>(data), size), random);
  if (out.size() > most) return size;
  std::memcpy(data, out.data(), out.size());
  return out.size();
}

}  // namespace vitrine::fuzz
