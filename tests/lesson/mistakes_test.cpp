// Every mistake is reported as a compiler would: file, line, what is wrong, what was perhaps meant.
#include <gtest/gtest.h>

#include "core/lesson/lesson.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

constexpr int first_line = 13;  // of the blocks of a small_lesson

struct Mistake {
    const char* name;
    const char* blocks;
    int line;  // counted from the first line of the blocks
    const char* said;
};
void PrintTo(const Mistake& mistake, std::ostream* out) {
    *out << mistake.name;
}

class LessonMistake : public testing::TestWithParam<Mistake> {};

TEST_P(LessonMistake, IsReportedWithItsPlace) {
    const Folder folder;
    folder.write("p.c", "");
    folder.write("lesson.md", small_lesson(GetParam().blocks));
    const auto lesson = load_lesson(folder.path());
    ASSERT_FALSE(lesson);
    const std::string place = folder.file("lesson.md") + ":" + std::to_string(first_line + GetParam().line) + ": ";
    EXPECT_EQ(lesson.sentence().substr(0, place.size()), place) << lesson.sentence();
    EXPECT_NE(lesson.sentence().find(GetParam().said), std::string::npos) << lesson.sentence();
}

INSTANTIATE_TEST_SUITE_P(
    All, LessonMistake,
    testing::Values(
        Mistake{"process", "```step\nchild ends\n\nchlid ends\n```\n", 3,
                "no process called \"chlid\"; this lesson has parent and child; did you mean \"child\"?"},
        Mistake{"empty_step", "```step\n\n```\n", 0, "this step has no goal"},
        Mistake{"block_name", "```predcit\n```\n", 0, "did you mean \"predict\"?"},
        Mistake{"steps", "```steps\n```\n", 0, "did you mean \"step\"?"},
        Mistake{"unclosed", "x\n```step\nchild ends\n", 1, "never closed"},
        Mistake{"second_title", "text\n# Again\n", 1, "a lesson has one title"},
        Mistake{"untitled_step", "##\n", 0, "this step has no title"},
        Mistake{"second_header", "```lesson\n```\n", 0, "already"},
        Mistake{"no_question", "```predict\n- a => child ends\n- b => child ends exited 0\n> c\n```\n", 0, "asks no question"},
        Mistake{"one_option", "```predict\nq\n- a => child ends\n> c\n```\n", 0, "two options or more"},
        Mistake{"no_because", "```predict\nq\n- a => child ends\n- b => child ends exited 1\n```\n", 0, "does not say why"},
        Mistake{"no_arrow", "```predict\nq\n- a\n```\n", 2, "what would be seen"},
        Mistake{"option_goal", "```predict\nq\n- a => child raed(3, ...) blocks\n```\n", 2, "did you mean \"read\"?"},
        Mistake{"mending_nothing", "```predict\nq\n! m\n```\n", 2, "there is none"},
        Mistake{"unanswered",
                "```step\nchild ends\n```\n```predict\nq\n- a => child ends\n- b => child ends exited 1\n> c\n```\n## "
                "Next\n```step\nchild ends\n```\n",
                3, "nothing answers this prediction"},
        Mistake{"what_if_title", "```what-if\n```\n", 0, "no title"},
        Mistake{"what_if_idle", "```what-if\nT\nchild ends\n> b\n```\n", 0, "does nothing"},
        Mistake{"what_if_blind", "```what-if\nT\ndo kill child SIGKILL\n> b\n```\n", 0, "what must then be seen"},
        Mistake{"what_if_why", "```what-if\nT\ndo kill child SIGKILL\nchild ends\n```\n", 0, "does not say why"},
        Mistake{"do_what", "```what-if\nT\ndo kil child SIGKILL\n```\n", 2, "did you mean \"kill\"?"},
        Mistake{"do_whom", "```what-if\nT\ndo kill chlid SIGKILL\n```\n", 2, "no process called \"chlid\""},
        Mistake{"do_signal", "```what-if\nT\ndo kill child SIGKIL\n```\n", 2, "did you mean \"SIGKILL\"?"},
        Mistake{"do_number", "```what-if\nT\ndo close child four\n```\n", 2, "\"four\" is no descriptor"},
        Mistake{"do_error", "```what-if\nT\ndo fail child EINT\n```\n", 2, "no error called \"EINT\""},
        Mistake{"do_wake", "```what-if\nT\ndo wake chlid\n```\n", 2, "no process called \"chlid\""},
        Mistake{"do_count", "```what-if\nT\ndo shorten child x\n```\n", 2, "\"x\" is no number of bytes"},
        Mistake{"do_bytes", "```what-if\nT\ndo write child 4 hello\n```\n", 2, "the bytes stand in quotes"},
        Mistake{"do_more", "```what-if\nT\ndo step child now\n```\n", 2, "too much here"},
        Mistake{"do_variant", "```what-if\nT\ndo variant q.c\n```\n", 2, "no file called \"q.c\""},
        Mistake{"do_path", "```what-if\nT\ndo variant ../p.c\n```\n", 2, "own folder"},
        Mistake{"variant_late", "```what-if\nT\ndo step child\ndo variant p.c\n```\n", 3, "before every other"}),
    [](const auto& info) { return info.param.name; });

TEST(HeaderMistakes, AreReportedWithTheirPlaces) {
    const Folder folder;
    folder.write("p.c", "");
    const std::string good = small_lesson("```step\nchild ends\n```\n");
    const auto sentence = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        text.replace(text.find(from), from.size(), to);
        folder.write("lesson.md", text);
        const auto lesson = load_lesson(folder.path());
        return lesson ? "" : lesson.sentence().substr(folder.file("lesson.md").size());
    };
    EXPECT_EQ(sentence("number: 1", "number: 1"), "");
    EXPECT_EQ(sentence("number: 1", "number: one"),
              ":4: `number:` is the lesson's place in the curriculum, from 1; here stands \"one\"");
    EXPECT_EQ(sentence("part:", "prat:"),
              ":5: a lesson has no \"prat\"; it has number, part, teaches, program, processes, threads, memory, stops, network, hosts and wire; did you mean \"part\"?");
    EXPECT_EQ(sentence("part: Tests\n", ""), ":3: this block does not say `part:`");
    EXPECT_EQ(sentence("part: Tests\n", "part: a\npart: b\n"), ":6: `part:` stands here twice");
    EXPECT_EQ(sentence("p.c", "q.c"), ":7: no file called \"q.c\" in " + folder.path() + "; there is p.c");
    EXPECT_EQ(sentence("parent child", "parent parent"), ":8: two processes are called \"parent\"");
    EXPECT_EQ(sentence("parent child", "4you"),
              ":8: \"4you\" cannot name a process: a letter, then letters, digits, - and _, at most 24 in all");
    EXPECT_EQ(sentence("# Small\n", ""), ":2: a lesson begins with its title, `# Title`");
    EXPECT_EQ(sentence("```lesson", "```lessn"), ":3: a block is called \"lessn\"; did you mean \"lesson\"?");
}

}  // namespace
}  // namespace ipcscope
