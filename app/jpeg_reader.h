#pragma once

#include <QImage>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace vitrine {

/// A JPEG file's pixels, by libjpeg: Qt's reader makes up what is missing and tells nobody. `damage`: where it is given, a picture that is cut
/// short or damaged is taken, and what is wrong is told here; else that is an error. Not turned as the camera was held.
Result<QImage> readJpeg(std::string_view bytes, const std::string& name, std::string* damage);

}  // namespace vitrine
