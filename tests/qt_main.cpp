// One QApplication for every window test of a program; it never touches the user's settings.
#include <gtest/gtest.h>

#include <QApplication>
#include <QStandardPaths>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  QStandardPaths::setTestModeEnabled(true);
  QApplication app(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("VitrineTest"));
  QApplication::setApplicationName(QStringLiteral("vitrine-test"));
  return RUN_ALL_TESTS();
}
