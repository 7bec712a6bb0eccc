#pragma once

#include "core/data/image_set.h"
#include "core/data/open.h"

// The readers openData chooses from. A new format is a function here and a line in open.cpp.

namespace vitrine {

Result<ImageSet> readIdx(const std::filesystem::path& path, std::stop_token stop, const Progress& progress);
/// The files that are read for this one, in the order of their hashes; so for the other readers.
Result<std::vector<std::filesystem::path>> idxFiles(const std::filesystem::path& path);
/// CIFAR-10 and CIFAR-100 in their binary version (Krizhevsky 2009): a byte or two of labels and 32 × 32 × 3, channels first, a
/// sample. One of data_batch_1 … data_batch_5, test_batch, train or test finds the others; so does their folder.
Result<ImageSet> readCifar(const std::filesystem::path& path, std::stop_token stop, const Progress& progress);
Result<std::vector<std::filesystem::path>> cifarFiles(const std::filesystem::path& path);
/// Whether a file looks so by name and size, or a folder holds such.
bool isCifar(const std::filesystem::path& path);
/// A folder of folders, one a class; or train/ and test/ (validation/) of such. Files that are no picture are left out and named
/// in the notes. `plan` comes back with the size that was settled.
Result<ImageSet> readImageFolder(const std::filesystem::path& path, const ImagePlan& plan, std::stop_token stop, const Progress& progress);
/// What readImageFolder gives as its hash: over the names and contents of all pictures, whether they could be read or not.
Result<std::string> folderSha256(const std::filesystem::path& path, std::stop_token stop);
/// The hash of older projects: over the names and sizes of the pictures.
Result<std::string> folderListSha256(const std::filesystem::path& path);

/// CSV, TSV, ARFF or two-dimensional arrays by the usual recipe.
Result<DatasetPtr> readTable(const std::filesystem::path& path, const OpenOptions& options, std::stop_token stop,
                             const Progress& progress);

}  // namespace vitrine
