#include "core/io/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <vector>

namespace vitrine {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("vitrine-atomic-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  static void put(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }
  fs::path folder_;
};

TEST_F(AtomicFileTest, WritesTheWholeOfIt) {
  const fs::path path = folder_ / "a.bin";
  AtomicFile file(path);
  ASSERT_TRUE(file.open().ok());
  ASSERT_TRUE(file.write("one ").ok());
  ASSERT_TRUE(file.write(std::string_view("two\0three", 9)).ok());
  EXPECT_FALSE(fs::exists(path));  // not before commit
  ASSERT_TRUE(file.commit().ok());
  EXPECT_EQ(read(path), std::string("one two\0three", 13));
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, AbandonedLeavesTheOldFileAndNoLitter) {
  const fs::path path = folder_ / "a.txt";
  put(path, "old");
  {
    AtomicFile file(path);
    ASSERT_TRUE(file.open().ok());
    ASSERT_TRUE(file.write("new").ok());
  }
  EXPECT_EQ(read(path), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, KeepsPermissions) {
  const fs::path path = folder_ / "a.txt";
  put(path, "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  AtomicFile file(path);
  ASSERT_TRUE(file.open().ok());
  ASSERT_TRUE(file.write("new").ok());
  ASSERT_TRUE(file.commit().ok());
  EXPECT_EQ(read(path), "new");
  struct stat now;
  ASSERT_EQ(::stat(path.c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0640u);
}

TEST_F(AtomicFileTest, FollowsALink) {
  put(folder_ / "real.txt", "old");
  fs::create_symlink("real.txt", folder_ / "link.txt");
  AtomicFile file(folder_ / "link.txt");
  ASSERT_TRUE(file.open().ok());
  ASSERT_TRUE(file.write("new").ok());
  ASSERT_TRUE(file.commit().ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.txt"));
  EXPECT_EQ(read(folder_ / "real.txt"), "new");
}

TEST_F(AtomicFileTest, FollowsLinksToWhereTheyLead) {
  // A chain through another folder to a file that is not there yet.
  fs::create_directories(folder_ / "deep");
  fs::create_symlink("deep/second", folder_ / "first");
  fs::create_symlink("../real.txt", folder_ / "deep" / "second");
  for (const char* text : {"new", "newer"}) {  // dangling, then not
    AtomicFile file(folder_ / "first");
    ASSERT_TRUE(file.open().ok());
    ASSERT_TRUE(file.write(text).ok());
    ASSERT_TRUE(file.commit().ok());
    EXPECT_TRUE(fs::is_symlink(folder_ / "first"));
    EXPECT_TRUE(fs::is_symlink(folder_ / "deep" / "second"));
    EXPECT_FALSE(fs::is_symlink(folder_ / "real.txt"));
    EXPECT_EQ(read(folder_ / "real.txt"), text);
  }
  EXPECT_EQ(files(), 3u);
  fs::create_symlink("round", folder_ / "about");
  fs::create_symlink("about", folder_ / "round");
  AtomicFile circle(folder_ / "round");
  EXPECT_FALSE(circle.open().ok());
}

TEST_F(AtomicFileTest, LongNamesAreWritten) {
  for (const std::size_t length : {242u, 243u, 250u, 255u}) {
    std::string name(length, 'n');
    if (length == 250) name = std::string(1, 'x') + std::string(249, '\0');
    for (std::size_t i = 1; length == 250 && i + 2 < 250; i += 3) name.replace(i, 3, "\u20ac");  // cut within a letter
    AtomicFile file(folder_ / name);
    ASSERT_TRUE(file.open().ok()) << length;
    ASSERT_TRUE(file.write("long").ok());
    ASSERT_TRUE(file.commit().ok()) << length;
    EXPECT_EQ(read(folder_ / name), "long");
  }
  EXPECT_EQ(files(), 4u);
  AtomicFile longer(folder_ / std::string(256, 'n'));
  const Status status = longer.open();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text().find("too long"), std::string::npos) << status.error().text();
}

TEST_F(AtomicFileTest, LeftoversOfKilledSavesGoAtTheNextSave) {
  const std::string longName(255, 'n');
  for (const std::string& name : {std::string("a.txt"), longName}) {
    // A child that is killed between open and commit.
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      AtomicFile file(folder_ / name);
      if (file.open().ok()) (void)file.write("half");
      ::kill(::getpid(), SIGKILL);
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_EQ(files(), 1u);
    // Others' files stay: of a living process, of another name, of another form.
    const std::vector<std::string> others{"." + name.substr(0, 200) + "." + std::to_string(::getppid()) + "-0.part", ".b.txt." + std::to_string(child) + "-0.part",
                                          "a.txt." + std::to_string(child) + "-0.part", ".a.txt." + std::to_string(child) + ".part", ".a.txt.x-0.part"};
    for (const std::string& other : others) put(folder_ / other, "other");
    AtomicFile file(folder_ / name);
    ASSERT_TRUE(file.open().ok());
    ASSERT_TRUE(file.write("whole").ok());
    ASSERT_TRUE(file.commit().ok());
    EXPECT_EQ(files(), 1 + others.size());
    for (const std::string& other : others) EXPECT_TRUE(fs::remove(folder_ / other)) << other;
    fs::remove(folder_ / name);
  }
}

TEST_F(AtomicFileTest, WhatIsNoFileIsNotReplaced) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  AtomicFile pipe(folder_ / "pipe");
  const Status status = pipe.open();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text().find("pipe"), std::string::npos);
  EXPECT_EQ(files(), 1u);
}

TEST_F(AtomicFileTest, ErrorsNameTheFile) {
  const fs::path missing = folder_ / "nowhere" / "a.txt";
  AtomicFile file(missing);
  const Status status = file.open();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().text().find(missing.string()), std::string::npos) << status.error().text();
  AtomicFile folder(folder_);
  EXPECT_FALSE(folder.open().ok());
}

TEST_F(AtomicFileTest, AWriteThatFailsLeavesTheOldFile) {
  const fs::path path = folder_ / "a.txt";
  put(path, "old");
  // A limit on the size of files stands in for a full disk.
  struct rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Status status;
  {
    AtomicFile file(path);
    status = file.open();
    if (status.ok()) status = file.write(std::string(5000, 'x'));
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(read(path), "old");
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace vitrine
