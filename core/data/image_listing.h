#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/steps.h"

namespace vitrine {

/// One regular file below a class's folder: a picture perhaps.
struct ListedFile {
  std::filesystem::path path;
  std::string name;        ///< below the folder that was opened: "cats/1.png"
  std::int32_t label = 0;  ///< of `classes`
  Part part = Part::Train;
  bool nested = false;     ///< in a folder within the class's
};

/// Files of a folder of folders, one a class; or of train/ and test/ (validation/) with such.
struct FolderListing {
  std::vector<ListedFile> files;     ///< in a fixed order: by part, class, folder and name
  std::vector<std::string> classes;  ///< the folders' names
  bool parts = false;                ///< the folders tell train and test
  std::vector<std::string> notes;    ///< what is passed over: loose files, links to folders, hidden files; and where the classes were found
  bool loose = false;                ///< there are files beside the folders
};
/// Refused: more than 2 000 000 files or 1000 classes. Links to folders are not followed.
Result<FolderListing> listFolder(const std::filesystem::path& home);

/// "3 files …: a, b, c": the first few of `names`, and "…" where there are more.
std::string someOf(const std::vector<std::string>& names);
/// "1 file", "3 files".
std::string countOf(std::size_t n, const std::string& one, const std::string& many);

}  // namespace vitrine
