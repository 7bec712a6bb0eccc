#include "core/io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/io/strict_json.h"

namespace vitrine {

static_assert(std::endian::native == std::endian::little, "safetensors is little-endian, and so is everything this is built for");

std::string encodeSafetensors(const std::vector<NamedTensor>& tensors) {
  nlohmann::json header = nlohmann::json::object();
  std::uint64_t at = 0;
  for (const NamedTensor& t : tensors) {
    const std::uint64_t end = at + t.values.size() * sizeof(float);
    header[t.name] = {{"dtype", "F32"}, {"shape", t.shape.dims}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');  // data start on a multiple of 8
  const std::uint64_t length = text.size();
  std::string out(8 + text.size() + at, '\0');
  std::memcpy(out.data(), &length, 8);
  std::memcpy(out.data() + 8, text.data(), text.size());
  char* to = out.data() + 8 + text.size();
  for (const NamedTensor& t : tensors) {
    std::memcpy(to, t.values.data(), t.values.size() * sizeof(float));
    to += t.values.size() * sizeof(float);
  }
  return out;
}

Result<std::vector<NamedTensor>> decodeSafetensors(std::string_view bytes, const std::string& file) {
  constexpr std::uint64_t kMostHeader = 100'000'000;
  std::uint64_t length = 0;
  if (bytes.size() < 8) return Error{file, "byte 0", std::to_string(bytes.size()) + " bytes", "at least 8", {}};
  std::memcpy(&length, bytes.data(), 8);
  if (length > kMostHeader || length > bytes.size() - 8)
    return Error{file, "byte 0", "a header of " + std::to_string(length) + " bytes", "one within the file and at most 100 MB", {}};
  Result<nlohmann::json> header = parseStrict(bytes.substr(8, length), file);
  if (!header) return header.error();
  if (!header->is_object()) return Error{file, "header", "no JSON object", "one", {}};
  const std::string_view data = bytes.substr(8 + length);
  struct Entry {
    std::uint64_t begin, end;
    NamedTensor tensor;
  };
  std::vector<Entry> entries;
  for (const auto& [name, v] : header->items()) {
    if (name == "__metadata__") continue;
    JsonReader reader(file);
    Entry e;
    e.tensor.name = name;
    if (reader.text(v, "dtype", name) != "F32") reader.fault(name + ".dtype", "another type", "F32");
    std::uint64_t count = 1;
    const nlohmann::json& shape = reader.array(v, "shape", name);
    for (std::size_t i = 0; reader.ok() && i < shape.size(); ++i) {
      if (!shape[i].is_number_unsigned() || shape[i].get<std::uint64_t>() > data.size()) {
        reader.fault(name + ".shape", shape[i].dump(), "a size that the file has room for");
        break;
      }
      e.tensor.shape.dims.push_back(shape[i].get<std::int64_t>());
      count *= shape[i].get<std::uint64_t>();
      if (count > data.size()) reader.fault(name + ".shape", "more elements than the file has bytes", "fewer");
    }
    const nlohmann::json& offsets = reader.array(v, "data_offsets", name);
    if (reader.ok() && (offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()))
      reader.fault(name + ".data_offsets", offsets.dump(), "two whole numbers");
    if (!reader.ok()) return reader.error();
    e.begin = offsets[0].get<std::uint64_t>();
    e.end = offsets[1].get<std::uint64_t>();
    if (e.end > data.size() || e.begin > e.end || e.end - e.begin != count * sizeof(float))
      return Error{file, name, "bytes " + std::to_string(e.begin) + " to " + std::to_string(e.end), std::to_string(count * sizeof(float)) + " bytes within the file", {}};
    e.tensor.values.resize(count);
    std::memcpy(e.tensor.values.data(), data.data() + e.begin, count * sizeof(float));
    entries.push_back(std::move(e));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
  std::vector<NamedTensor> tensors;
  std::uint64_t at = 0;
  for (Entry& e : entries) {
    if (e.begin != at) return Error{file, e.tensor.name, "data that overlap or leave a gap", "one array after the other", {}};
    at = e.end;
    tensors.push_back(std::move(e.tensor));
  }
  if (at != data.size()) return Error{file, "end", std::to_string(data.size() - at) + " bytes too many", "nothing", {}};
  return tensors;
}

}  // namespace vitrine
