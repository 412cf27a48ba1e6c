// Laws that hold for any run: prefix + rest = whole, the model counts as its parts do, and garbage is only counted.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/model/explain.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

// A run in which processes do whatever comes to their minds; results need not make sense.
class RandomRun {
 public:
    explicit RandomRun(std::uint32_t seed) : random_(seed) {
        actors_.push_back(run.launch());
        run.pipe(actors_[0], 3, 4);
        for (int i = 0; i < 400; ++i) act();
    }
    Script run;

 private:
    struct Busy {
        std::size_t actor;
        Script::Open call;
        CallId id;
        bool is_held;
    };
    std::uint32_t below(std::uint32_t limit) { return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_); }
    int some_fd() { return static_cast<int>(below(9)); }

    void begin(std::size_t at) {
        static constexpr CallId calls[] = {CallId::read,   CallId::write,  CallId::close, CallId::dup2,  CallId::dup,
                                           CallId::open,   CallId::lseek,  CallId::fcntl, CallId::pread, CallId::pwrite,
                                           CallId::mkfifo, CallId::unlink, CallId::wait,  CallId::kill,  CallId::signal,
                                           CallId::_exit,  CallId::write,  CallId::read};
        const CallId id = calls[below(std::size(calls))];
        std::vector<std::int64_t> values{some_fd(), some_fd(), below(9000), below(100)};
        std::vector<Bytes> in;
        const int path = argument_with(row_of(id), Role::Path), data = argument_with(row_of(id), Role::BytesIn);
        if (path >= 0) in.push_back(bytes(path, below(2) ? "a" : "/tmp/b"));
        if (data >= 0)
            in.push_back(bytes(data, std::string(static_cast<std::size_t>(std::min<std::int64_t>(values[2], 50)), 'x'),
                               static_cast<std::size_t>(values[2])));
        const bool is_held = below(2) == 0;
        busy_.push_back({at, run.enter(actors_[at], id, values, in, is_held ? Flag::Held : std::uint8_t{0}), id, is_held});
    }

    void act() {
        const std::size_t at = below(static_cast<std::uint32_t>(actors_.size()));
        switch (below(24)) {
            case 0:
                return actors_.push_back(
                    run.born(actors_[at], static_cast<int>(100 + actors_.size()), static_cast<BirthHow>(below(5))));
            case 1: return actors_.push_back(run.thread(actors_[at]));
            case 2: return run.image(actors_[at], "/bin/x", below(3) != 0);
            case 3: return below(6) == 0 ? run.ended(actors_[at], static_cast<int>(below(3)) - 1) : run.quiet();
            case 4: return run.unseen(actors_[at], below(2), below(2));
            case 5:
                return run.found(actors_[at], some_fd(), below(3), below(4), (below(2) ? 0010000 : 0100000) | 0600,
                                 below(2) ? "pipe:[2]" : "/tmp/b");
            case 6:
                return run.fact(actors_[at], static_cast<FactKind>(below(6)),
                                {some_fd(), below(3), below(4), below(4), 0010600}, "pipe:[2]");
            default: break;
        }
        if (busy_.empty() || below(2) == 0) return begin(at);
        const std::size_t which = below(static_cast<std::uint32_t>(busy_.size()));
        Busy& busy = busy_[which];
        if (busy.is_held && below(2) == 0) {
            busy.is_held = false;
            busy.call.grant(static_cast<Verdict>(below(3)), static_cast<int>(below(50)));
            return;
        }
        switch (below(5)) {
            case 0: busy.call.asleep(); return;
            case 1: busy.call.fail(static_cast<int>(below(40) + 1)); break;
            case 2: busy.call.abandon(); break;
            default: busy.call.exit(below(row_of(busy.id).answer == Answer::Count ? 9000 : 10)); break;
        }
        busy_.erase(busy_.begin() + static_cast<std::ptrdiff_t>(which));
    }

    std::mt19937 random_;
    std::vector<Actor> actors_;
    std::vector<Busy> busy_;
};

void expect_sound(const Model& model) {
    std::vector<int> references(model.open_files().size());
    for (const Process& process : model.processes()) {
        EXPECT_TRUE(std::ranges::is_sorted(process.descriptors, {}, &Descriptor::number));
        for (const Descriptor& descriptor : process.descriptors) ++references[descriptor.file];
    }
    std::vector<std::uint32_t> readers(model.objects().size()), writers(model.objects().size());
    for (const OpenFile& file : model.open_files()) {
        EXPECT_EQ(file.references, references[file.id]);
        if (file.references == 0) continue;
        readers[file.object] += (file.flags & O_ACCMODE) != O_WRONLY;
        writers[file.object] += (file.flags & O_ACCMODE) != O_RDONLY;
    }
    for (const Object& object : model.objects()) {
        EXPECT_EQ(object.readers, readers[object.id]) << object.name;
        EXPECT_EQ(object.writers, writers[object.id]) << object.name;
        std::uint64_t lying = 0;
        for (const Stretch& stretch : object.lying) lying += stretch.count;
        EXPECT_EQ(lying, object.bytes_inside()) << object.name;
    }
    for (const Message& message : model.messages()) {
        EXPECT_LE(message.taken, message.accepted);
        EXPECT_LE(message.accepted, message.length);
        std::uint64_t taken = 0;
        for (const Message::Taking& taking : message.takings) taken += taking.count;
        EXPECT_EQ(taken, message.taken);
    }
    for (const Thread& thread : model.threads()) {
        EXPECT_LE(thread.pending.size(), thread.calls.size());
        EXPECT_TRUE(thread.state != ThreadState::Ended || thread.calls.empty());
    }
}

TEST(RandomRun, PrefixAndRestAreTheWhole) {
    for (std::uint32_t seed = 0; seed < 40; ++seed) {
        const RandomRun random(seed);
        const Trace& trace = random.run.trace;
        Model prefix;
        for (EventIndex i = 0; i < trace.size(); ++i) {
            prefix.apply(trace, i);
            if (i % 97 != 0) continue;
            Model rest = prefix;
            for (EventIndex j = i + 1; j < trace.size(); ++j) rest.apply(trace, j);
            ASSERT_EQ(rest, random.run.model) << "seed " << seed << ", cut after " << i;
        }
    }
}

TEST(RandomRun, TheModelCountsAsItsPartsDo) {
    for (std::uint32_t seed = 100; seed < 160; ++seed) {
        const RandomRun random(seed);
        Model model;
        for (EventIndex i = 0; i < random.run.trace.size(); ++i) {
            model.apply(random.run.trace, i);
            expect_sound(model);
            ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", event " << i;
        }
    }
}

TEST(RandomRun, TheLogDoesNotKnowTheFuture) {
    for (std::uint32_t seed = 200; seed < 220; ++seed) {
        const RandomRun random(seed);   // its log was fed while the trace grew
        Model model;
        CallLog log;
        for (EventIndex i = 0; i < random.run.trace.size(); ++i) {
            model.apply(random.run.trace, i);
            log.apply(random.run.trace, model, i);
        }
        ASSERT_EQ(log.entries(), random.run.log.entries());
    }
    Script run;                         // nor does a line that is made for a cursor in the middle
    const Actor actor = run.launch();
    auto read = run.read_begin(actor, 0, 16);
    const EventIndex enter = run.last();
    const Model then = folded(run.trace, enter + 1);
    const CanonicalCall before = canonical_call(run.trace, then, enter);
    read.exit(2, bytes(1, "x\n"));
    EXPECT_EQ(canonical_call(run.trace, then, enter), before);
    EXPECT_EQ(canonical_call(run.trace, run.model, enter).outcome, "= 2");
}

TEST(RandomRun, EverythingCanBeExplainedAndCompared) {
    for (std::uint32_t seed = 300; seed < 320; ++seed) {
        const RandomRun random(seed);
        const Script& run = random.run;
        for (EventIndex i = 0; i < run.trace.size(); ++i)
            EXPECT_TRUE(run.trace[i].kind != EventKind::Enter || !sentence_for_call(run.trace, run.model, i).empty());
        for (const Thread& thread : run.model.threads()) reason_asleep(run.trace, run.model, thread.id);
        for (const Process& process : run.model.processes()) {
            reason_ended(run.trace, run.model, process.id);
            for (const Descriptor& descriptor : process.descriptors) EXPECT_FALSE(what_is(run.model, descriptor).empty());
        }
        (void)compare(run.trace, run.model);
    }
}

// Events of any content: nothing may crash, whatever a damaged recording says.
TEST(RandomRun, GarbageIsOnlyCounted) {
    std::mt19937_64 random(7);
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    for (int round = 0; round < 200; ++round) {
        Script run;
        const Actor actor = run.launch();
        run.pipe(actor, 3, 4);
        Trace trace;
        Model model;
        CallLog log;
        for (EventIndex i = 0; i < run.trace.size(); ++i) trace.append(run.trace[i], run.trace.payload(run.trace[i]));
        for (int i = 0; i < 200; ++i) {
            EventBatch batch;
            Event event;
            event.kind = static_cast<EventKind>(below(18));
            event.process = below(10) == 0 ? no_id : static_cast<ProcessId>(below(3));
            event.thread = below(10) == 0 ? no_id : static_cast<ThreadId>(below(3));
            event.call = static_cast<std::uint16_t>(below(call_count));
            event.flags = static_cast<std::uint8_t>(below(16));
            event.error = static_cast<std::int32_t>(below(3) == 0 ? below(140) : 0);
            for (std::int64_t& value : event.value)
                value = below(3) == 0 ? static_cast<std::int64_t>(random()) : static_cast<std::int64_t>(below(8));
            std::string text(below(40), '\0');
            for (char& c : text) c = static_cast<char>(random());
            const EventBatch::Piece piece{static_cast<std::uint8_t>(below(6)), std::as_bytes(std::span(text)), text.size()};
            batch.add(event, std::span(&piece, 1));
            trace.append(batch);
        }
        for (EventIndex i = 0; i < trace.size(); ++i) {
            model.apply(trace, i);
            log.apply(trace, model, i);
            (void)compare(trace, model);
        }
        expect_sound(model);
        for (EventIndex i = 0; i < trace.size(); ++i)
            if (trace[i].kind == EventKind::Enter) (void)sentence_for_call(trace, model, i);
        ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
    }
}

}  // namespace
}  // namespace ipcscope
