#include "core/trace/save.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/trace/random_trace.h"

namespace ipcscope {
namespace {

class Recording : public ::testing::Test {
 protected:
    void SetUp() override {
        char name[] = "/tmp/ipcscope-test-XXXXXX";
        directory_ = ::mkdtemp(name);
        path_ = directory_ + "/run.ipcscope";
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::vector<char> bytes_of_file() const {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static Result<Trace> load(const std::vector<char>& bytes) {
        return trace_from_bytes(std::as_bytes(std::span(bytes)), "run");
    }

    std::string directory_, path_;
};

TEST_F(Recording, LoadsWhatWasSaved) {
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
        const Trace saved = random_trace(seed, seed == 0 ? 0 : 300);
        ASSERT_TRUE(save_trace(saved, path_));
        const Result<Trace> loaded = load_trace(path_);
        ASSERT_TRUE(loaded) << loaded.sentence();
        ASSERT_EQ(loaded->size(), saved.size());
        EXPECT_EQ(loaded->lost(), saved.lost());
        for (EventIndex i = 0; i < saved.size(); ++i) {
            ASSERT_TRUE(is_same_event(saved[i], (*loaded)[i])) << "event " << i;
            const auto one = saved.payload(saved[i]), other = loaded->payload((*loaded)[i]);
            ASSERT_TRUE(std::ranges::equal(one, other)) << "event " << i;
        }
    }
}

TEST_F(Recording, IsForItsOwnerOnly) {
    std::ofstream(path_) << "somebody's";
    ::chmod(path_.c_str(), 0644);
    ASSERT_TRUE(save_trace(random_trace(1, 10), path_));
    struct stat status;
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
}

TEST_F(Recording, ACutFileIsAnErrorAtAnyLength) {
    ASSERT_TRUE(save_trace(random_trace(2, 40), path_));
    std::vector<char> bytes = bytes_of_file();
    while (!bytes.empty()) {
        bytes.pop_back();
        const Result<Trace> loaded = load(bytes);
        ASSERT_FALSE(loaded) << "cut to " << bytes.size();
    }
}

TEST_F(Recording, ADamagedByteNeverCrashes) {
    ASSERT_TRUE(save_trace(random_trace(3, 40), path_));
    const std::vector<char> whole = bytes_of_file();
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (const int change : {0x01, 0xff}) {
            if (change == 0x01 && at % 4 != 0) continue;
            std::vector<char> bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            const Result<Trace> loaded = load(bytes);
            refused += !loaded;
            EXPECT_TRUE(loaded || loaded.sentence().starts_with("run: "));
        }
    EXPECT_GT(refused, whole.size() / 4);  // values and texts may be anything; the rest may not
}

TEST_F(Recording, SaysWhereTheDamageIs) {
    ASSERT_TRUE(save_trace(random_trace(4, 10), path_));
    std::vector<char> bytes = bytes_of_file();
    const std::size_t kind = sizeof(RecordingHeader) + 7 * sizeof(Event) + offsetof(Event, kind);
    bytes[kind] = 99;
    const Result<Trace> loaded = load(bytes);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.sentence().find("damaged at byte " + std::to_string(sizeof(RecordingHeader) + 7 * sizeof(Event))),
              std::string::npos)
        << loaded.sentence();
}

TEST_F(Recording, AForgedPairIsRefused) {
    Trace trace;
    for (const EventKind kind : {EventKind::Enter, EventKind::Exit, EventKind::Enter}) {
        Event event;
        event.kind = kind;
        event.process = event.thread = 0;
        trace.append(event, {});
    }
    ASSERT_TRUE(save_trace(trace, path_));
    std::vector<char> bytes = bytes_of_file();
    ASSERT_TRUE(load(bytes));
    bytes[sizeof(RecordingHeader) + 2 * sizeof(Event) + offsetof(Event, pair)] = 0;
    EXPECT_FALSE(load(bytes));
}

TEST_F(Recording, ChunksBehindTheEndOfTheFileAreRefused) {
    EventBatch batch;
    batch.add(Event{}, "12345678");
    Trace trace;
    trace.append(batch);
    ASSERT_TRUE(save_trace(trace, path_));
    std::vector<char> bytes = bytes_of_file();
    bytes[sizeof(RecordingHeader) + offsetof(Event, payload_size)] = 32;
    const Result<Trace> loaded = load(bytes);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.sentence().find("bytes that are not there"), std::string::npos) << loaded.sentence();
}

TEST_F(Recording, RefusesWhatIsNoFile) {
    EXPECT_FALSE(load_trace(directory_));
    EXPECT_FALSE(load_trace(directory_ + "/missing"));
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_FALSE(load_trace(path_));
    EXPECT_FALSE(save_trace(Trace{}, directory_ + "/no/such/place"));
}

}  // namespace
}  // namespace ipcscope
