#include "core/lesson/progress.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

TEST(Progress, ComesBackAsItWasSaved) {
    const OwnDirectories own;
    Progress progress;
    progress.lessons["pipe"] = {3, 9, true, 2, 4};
    progress.settings = {false, 1.5, 10, "pipe"};
    ASSERT_TRUE(progress.save());
    std::string complaint;
    const Progress back = Progress::load(&complaint);
    EXPECT_EQ(complaint, "");
    EXPECT_EQ(back.lessons.at("pipe").steps_done, 3);
    EXPECT_EQ(back.lessons.at("pipe").predictions_made, 4);
    EXPECT_TRUE(back.lessons.at("pipe").is_finished);
    EXPECT_FALSE(back.settings.is_dark);
    EXPECT_EQ(back.settings.text_scale, 1.5);
    EXPECT_EQ(back.settings.last_lesson, "pipe");
    struct stat status {};
    ASSERT_EQ(stat(own.folder().file("ipcscope/progress.json").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Progress, NoneYetIsNoComplaint) {
    const OwnDirectories own;
    std::string complaint;
    EXPECT_TRUE(Progress::load(&complaint).lessons.empty());
    EXPECT_EQ(complaint, "");
}

TEST(Progress, DamageIsSetAsideAndSaid) {
    for (const std::string& damage :
         {std::string(), std::string("{\"lessons\": {"), std::string("[1, 2]"), std::string(1000, '\0'),
          std::string("\xff\xfe\x00", 3), std::string((1 << 20) + 1, ' ')}) {
        const OwnDirectories own;
        ASSERT_TRUE(Progress().save());
        own.folder().write("ipcscope/progress.json", damage);
        std::string complaint;
        EXPECT_TRUE(Progress::load(&complaint).lessons.empty());
        EXPECT_NE(complaint.find("is damaged"), std::string::npos) << complaint;
        EXPECT_EQ(access(own.folder().file("ipcscope/progress.json.damaged").c_str(), F_OK), 0);
        EXPECT_TRUE(Progress().save());
    }
}

TEST(Progress, WrongKindsAndWildNumbersDoNoHarm) {
    const OwnDirectories own;
    ASSERT_TRUE(Progress().save());
    own.folder().write(
        "ipcscope/progress.json",
        R"({"lessons": {"a": 5, "b": {"steps_done": "x", "step_count": -4, "is_finished": 3}, "c": {"steps_done": 1e300}},)"
        R"( "settings": {"text_scale": 1e9, "is_dark": "no", "calls_a_second": -1, "last_lesson": 7}})");
    std::string complaint;
    const Progress progress = Progress::load(&complaint);
    EXPECT_EQ(complaint, "");
    EXPECT_FALSE(progress.lessons.contains("a"));
    EXPECT_EQ(progress.lessons.at("b").step_count, 0);
    EXPECT_EQ(progress.lessons.at("c").steps_done, 1000);
    EXPECT_EQ(progress.settings.text_scale, 2.5);
    EXPECT_EQ(progress.settings.calls_a_second, 0.1);
}

}  // namespace
}  // namespace ipcscope
