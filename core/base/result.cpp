#include "core/base/result.h"

namespace vitrine {

std::string Error::text() const {
  std::string head = file;
  if (!place.empty()) head += (head.empty() ? "" : ", ") + place;
  std::string body = problem;
  if (!found.empty()) body += (body.empty() ? "found " : "; found ") + found;
  if (!expected.empty()) body += (body.empty() ? "expected " : ", expected ") + expected;
  if (head.empty()) return body;
  return body.empty() ? head : head + ": " + body;
}

}  // namespace vitrine
