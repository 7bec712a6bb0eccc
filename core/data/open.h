#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/data/text_encoding.h"

namespace vitrine {

struct OpenOptions {
  std::uint64_t splitSeed = 0;
  double validationShare = 0.2;  ///< 0 … 0.9; not used where the files bring their own test part
};

/// Share done, 0 … 1. May be called from the reader's threads, one call at a time.
using Progress = std::function<void(double)>;

/// Reads a data file; what it is, is told by its content and name. A stop is reported as an error ("stopped").
///   IDX, IDX.gz   choosing one of train-images / train-labels / t10k-images / t10k-labels finds the others beside it;
///                 the t10k pair becomes the validation split
///   CSV, TSV, ARFF   by the usual recipe: the last column is the target (see README.md for how its kind is told)
///   NPY, NPZ      arrays told apart by their names (see array_names.h): rows of a table, images or series
///   CIFAR-10 and CIFAR-100, binary: one batch or their folder
///   a folder      of folders of pictures, one a class, or of train/ and test/ with such
Result<DatasetPtr> openData(const std::filesystem::path& path, const OpenOptions& options = {}, std::stop_token stop = {},
                            const Progress& progress = {});

/// A table's file, read; what it is to become is still open.
struct TableFile {
  TablePtr table;
  Recipe recipe;  ///< as given with what was detected filled in; the usual one where none was given
  Source source;
  std::shared_ptr<const std::string> bytes;  ///< the file itself when it is small
  std::vector<EncodingSample> encodings;     ///< text with other letters than a … z: how it reads in every encoding that it can be
};
/// Reads CSV, TSV, ARFF or two-dimensional arrays (by its name). Of `recipe` the format, the columns' kinds and the split are used; without columns
/// it becomes the usual one.
Result<TableFile> readTableFile(const std::filesystem::path& path, const Recipe& recipe = {}, std::stop_token stop = {}, const Progress& progress = {});
/// The same of bytes; kind "csv", "arff", "npy" or "npz".
Result<TableFile> readTableBytes(std::string bytes, const std::string& kind, const std::string& name, const Recipe& recipe = {}, std::stop_token stop = {},
                                 const Progress& progress = {});
/// The table as a data set by `recipe`, with its source. Errors name the file.
Result<DatasetPtr> prepareFile(const TableFile& file, const Recipe& recipe, std::stop_token stop = {});

/// Whether openData would read it as a table. False too when it cannot be read.
bool isTable(const std::filesystem::path& path);

/// Debian's dataset-fashion-mnist: 60 000 to train, 10 000 to validate.
Result<DatasetPtr> openFashionMnist(std::stop_token stop = {}, const Progress& progress = {});

/// Reads or makes the data again as `source` tells; a relative path is taken from `base`. When the source has a SHA-256
/// and what was read another, that is an error ("changed since"). Without a recipe by the usual one.
Result<DatasetPtr> reopen(const Source& source, const std::filesystem::path& base, const std::optional<Recipe>& recipe = {},
                          std::stop_token stop = {}, const Progress& progress = {});

/// For a file dialog: {"Images and labels (IDX)", {"*-ubyte", "*-ubyte.gz", …}}. The first entry takes all readable files.
struct FileFilter {
  std::string name;
  std::vector<std::string> patterns;
};
const std::vector<FileFilter>& fileFilters();

/// A data set as text (records of RFC 4180) that decodeTable makes the same again, bit for bit, with its split and
/// source: for embedding small sets in a project.
std::string encodeTable(const Dataset& data);
Result<DatasetPtr> decodeTable(std::string_view text, const std::string& fileName = "embedded data");

/// SHA-256 of a file, lower-case hexadecimal.
Result<std::string> fileSha256(const std::filesystem::path& path, std::stop_token stop = {});
/// The hash of what stands now where `source` says, to be compared with source.sha256 and of the same kind: of all files that are read
/// together; as older projects have it, of the one file or of the names and sizes of a folder's pictures.
Result<std::string> sourceSha256(const Source& source, std::stop_token stop = {});
/// "npy" or "npz" by the name; empty: neither.
std::string arrayKind(const std::filesystem::path& path);

}  // namespace vitrine
