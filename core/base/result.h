#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace vitrine {

/// What went wrong, told so that a person can mend it. Any part may be empty.
struct Error {
  std::string file;      ///< the file or data set concerned
  std::string place;     ///< where in it: "row 17, column 'age'", "byte 16", "node 'Conv 1'"
  std::string found;     ///< what was there, as a clause: "'abc'", "magic number 0x00000901"
  std::string expected;  ///< what should have been there: "a number"
  std::string problem;   ///< a whole sentence where found / expected do not fit: "the disk is full"

  /// One line: "iris.csv, row 17, column 'age': found 'abc', expected a number".
  std::string text() const;
};

/// An Error that is only a sentence.
inline Error problem(std::string sentence, std::string file = {}) { return {std::move(file), {}, {}, {}, std::move(sentence)}; }

/// A value, or the Error that stands in its place: for everything a user can cause. Bugs are asserted instead.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  /// Requires ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  /// Requires !ok().
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace vitrine
