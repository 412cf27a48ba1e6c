// The session's smaller parts.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/session/doctor.h"
#include "core/session/paths.h"
#include "core/session/proc.h"
#include "core/session/source.h"
#include "tests/session/scope.h"

namespace ipcscope {
namespace {

TEST(Paths, PartsAreFoundFromHere) {
    const Result<Paths> paths = find_paths();
    ASSERT_TRUE(paths) << paths.sentence();
    EXPECT_TRUE(paths->probe.ends_with("libipcscope-probe.so"));
    EXPECT_TRUE(paths->keeper.ends_with("ipcscope-keeper"));
}

TEST(Doctor, TheEssentialIsHere) {
    const std::vector<Checkup> checkups = examine_machine();
    EXPECT_GE(checkups.size(), 8u);
    for (const Checkup& checkup : checkups) {
        EXPECT_TRUE(checkup.is_fine || !checkup.is_essential) << checkup.what << ": " << checkup.finding;
        EXPECT_EQ(checkup.is_fine, checkup.loss.empty()) << checkup.what;
    }
}

// The sites of a stepped run, looked up in the program's own source: each must be a line that names the call.
TEST(Source, TheLineOfEachCall) {
    Scope scope("pipe_pair");
    scope.step_all();
    const Result<SourceMap> map = SourceMap::open(program_path("pipe_pair"));
    ASSERT_TRUE(map) << map.sentence();
    std::vector<std::string> source{""};
    std::ifstream file(std::string(SOURCE_DIRECTORY) + "/programs/pipe_pair.c");
    for (std::string line; std::getline(file, line);) source.push_back(line);

    const Trace& trace = scope.run().trace();
    int looked_up = 0;
    for (const EventIndex index : scope.events(EventKind::Enter)) {
        const Event& event = trace[index];
        if (event.flags & Flag::Inside) continue;
        const std::optional<SourcePlace> place = map->place_of_call(event.site);
        ASSERT_TRUE(place) << index;
        ASSERT_LT(static_cast<std::size_t>(place->line), source.size());
        EXPECT_TRUE(place->file.ends_with("pipe_pair.c"));
        const std::string name(row_of(static_cast<CallId>(event.call)).name);
        EXPECT_NE(source[static_cast<std::size_t>(place->line)].find(name + "("), std::string::npos) << name << " at line " << place->line;
        ++looked_up;
    }
    EXPECT_EQ(looked_up, 11);
    EXPECT_FALSE(SourceMap::open("/nowhere"));
}

TEST(Proc, AStatLineWithAnyName) {
    const auto stat = parse_stat("12 (a) R 1) S 7 12 12 0 -1 4194564 18 0 0 0 0 0 0 0 20 0 3 0 209055");
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->parent, 7);
    EXPECT_EQ(stat->threads, 3);
    EXPECT_TRUE(stat->is_exiting);
    EXPECT_FALSE(parse_stat(""));
    EXPECT_EQ(parse_times_run("57465 0 17\n"), 17u);
    EXPECT_FALSE(parse_times_run(""));
}

TEST(Proc, APathFromAboveAChrootIsFoundBelowIt) {
    const std::string own = read_link("/proc/self/exe");
    struct stat file;
    ASSERT_EQ(stat(own.c_str(), &file), 0);
    EXPECT_EQ(path_from_here("/elsewhere/root" + own, file), own);
    EXPECT_EQ(path_from_here(own, file), own);
    EXPECT_EQ(path_from_here("/elsewhere/root/etc/passwd", file), "/elsewhere/root/etc/passwd");    // there is one here, but it is another
    EXPECT_EQ(program_of(getpid()), own);
}

TEST(Proc, StaticOrNot) {
    EXPECT_FALSE(is_static_program(getpid()));
    EXPECT_FALSE(has_area_mapped(getpid()));
}

}  // namespace
}  // namespace ipcscope
