#include "app/views/stage_scene.h"

#include <fcntl.h>

#include <algorithm>
#include <string_view>

#include "core/model/explain.h"
#include "core/model/wait_graph.h"

namespace ipcscope {

namespace {

constexpr int last_standard_descriptor = 2;

bool is_stage_kind(ObjectKind kind) { return row_of(kind).on_stage != OnStage::Never; }

// Whoever sleeps in such a call waits for bytes, or for room for them; in any other it waits for the object itself.
bool is_about_bytes(Effect effect) {
    return is_send(effect) || is_receive(effect) || effect == Effect::Opens || effect == Effect::Polls || effect == Effect::AddsCount || effect == Effect::TakesCount ||
           effect == Effect::Accepts || effect == Effect::Connects;
}

std::string text_of_unwritten(const Process& process) {
    if (process.unwritten_count == 0) return "";
    return "In its own memory, in stdout's buffer: " + text_of_bytes(process.unwritten, process.unwritten_count, 24) + ", printed and not yet written.";
}

bool has_changed(const Model& model, ProcessId process, int descriptor) {
    return std::any_of(model.changes().begin(), model.changes().end(), [&](const Change& c) {
        return c.process == process && c.descriptor == descriptor && c.message == no_id;
    });
}

// Collects a scene; each function answers for one kind of thing in it.
class SceneMaker {
 public:
    SceneMaker(const Trace& trace, const Model& model, ThreadId next) : trace_(trace), model_(model), next_(next) {}

    StageScene make(std::size_t expected_processes) {
        choose_objects();
        choose_processes();
        scene_.places = std::max(scene_.processes.size(), std::min(expected_processes, max_scene_processes));
        for (std::size_t i = 0; i < scene_.processes.size(); ++i) add_edges(i);
        light_up_the_stuck();
        if (scene_.objects.empty() && scene_.processes.size() > 1 && scene_.more_processes == 0) scene_.family = family_of(model_);
        add_visitors(model_, scene_);
        return std::move(scene_);
    }

 private:
    void choose_processes() {
        std::vector<ProcessId> shown;
        for (const Process& process : model_.processes()) shown.push_back(process.id);
        const std::size_t all = shown.size();
        // Who has ended makes room, the oldest first; then the youngest have to stay out.
        for (auto it = shown.begin(); it != shown.end() && shown.size() > max_scene_processes;)
            it = model_.processes()[*it].state == ProcessState::Gone ? shown.erase(it) : it + 1;
        if (shown.size() > max_scene_processes) shown.resize(max_scene_processes);
        scene_.more_processes = all - shown.size();
        for (const ProcessId id : shown) add_process(model_.processes()[id]);
    }

    void add_process(const Process& process) {
        SceneProcess made;
        made.id = process.id;
        if (process.state == ProcessState::Alive) {
            made.thread = shown_thread(model_, process, next_);
            std::copy_if(process.threads.begin(), process.threads.end(), std::back_inserter(made.threads),
                         [&](ThreadId id) { return model_.threads()[id].state != ThreadState::Ended; });
            if (made.threads.size() < 2) made.threads.clear();
            if (made.thread != no_id && made.threads.empty()) made.reason = reason_asleep(trace_, model_, made.thread);
            if (made.reason.empty()) made.reason = text_of_unwritten(process);
        } else {
            made.reason = reason_ended(trace_, model_, process.id);
        }
        made.rows = rows_of(process);
        made.is_changed = std::any_of(model_.changes().begin(), model_.changes().end(), [&](const Change& c) {
            return c.process == process.id && c.descriptor < 0 && c.message == no_id;
        });
        scene_.processes.push_back(std::move(made));
    }

    std::vector<SceneRow> rows_of(const Process& process) const {
        std::vector<SceneRow> rows;
        SceneRow standard;
        for (const Descriptor& descriptor : process.descriptors) {
            const Object* object = model_.object_behind(process.id, descriptor.number);
            SceneRow row{{descriptor.number}, what_is(model_, descriptor), object ? shown_under(model_, object->id) : no_id};
            row.is_changed = has_changed(model_, process.id, descriptor.number);
            row.is_guilty = is_guilty(process, descriptor);
            const bool is_standard = descriptor.number <= last_standard_descriptor && object &&
                                     object->kind == ObjectKind::Terminal && !row.is_changed;
            row.is_quiet = is_standard || !object || !is_stage_kind(object->kind);
            if (!is_standard) {
                rows.push_back(std::move(row));
            } else if (standard.numbers.empty()) {
                standard = std::move(row);
            } else {
                standard.numbers.push_back(descriptor.number);
            }
        }
        for (const Change& change : model_.changes()) {
            const bool is_gone =
                change.process == process.id && change.descriptor >= 0 && !process.descriptor(change.descriptor);
            const bool is_new = std::none_of(rows.begin(), rows.end(),
                                             [&](const SceneRow& row) { return row.numbers.front() == change.descriptor; });
            if (!is_gone || !is_new || process.state != ProcessState::Alive) continue;
            SceneRow row{{change.descriptor}, "closed"};
            row.is_changed = row.is_closed = true;
            rows.push_back(std::move(row));
        }
        if (!standard.numbers.empty()) rows.push_back(std::move(standard));
        std::stable_sort(rows.begin(), rows.end(),
                         [](const SceneRow& a, const SceneRow& b) { return a.numbers.front() < b.numbers.front(); });
        return rows;
    }

    // A thread of this process sleeps for the first byte of an object whose write end the process itself holds open: as long
    // as it does, end of file cannot come. (And the same with a full object and its own read end.)
    bool is_guilty(const Process& process, const Descriptor& descriptor) const {
        const OpenFile* file = model_.file_behind(process.id, descriptor.number);
        if (!file || (file->end != End::Write && file->end != End::Read)) return false;
        return std::any_of(process.threads.begin(), process.threads.end(), [&](ThreadId id) {
            const Thread& thread = model_.threads()[id];
            if (thread.state != ThreadState::Asleep || thread.waits_for != file->object || thread.call() == no_id) return false;
            const Effect effect = row_of(static_cast<CallId>(trace_[thread.call()].call)).effect;
            return (effect == Effect::Receives && file->end == End::Write) ||
                   (effect == Effect::Sends && file->end == End::Read);
        });
    }

    void choose_objects() {
        const std::vector<bool> is_held = held_objects();
        std::vector<const Object*> shown;
        for (const Object& object : model_.objects())
            if (shown_under(model_, object.id) == object.id && is_of_interest(object, is_held)) shown.push_back(&object);
        const std::size_t processes = std::min(model_.processes().size(), max_scene_processes);
        if (shown.size() + processes > most_at_a_glance) std::erase_if(shown, [&](const Object* o) { return is_outside(*o); });
        const auto still_there = [&] { return static_cast<std::size_t>(std::ranges::count_if(shown, [&](const Object* o) { return !is_faded(*o); })); };
        const std::size_t all = still_there();
        const auto drop = [&](auto is_spare, std::size_t most) {
            for (auto it = shown.begin(); it != shown.end() && shown.size() > most;)
                it = is_spare(**it) ? shown.erase(it) : it + 1;
        };
        drop([&](const Object& o) { return is_faded(o) && !ended_in_this_step(o); }, easy_scene_objects);
        drop([&](const Object& o) { return is_faded(o); }, max_scene_objects);
        drop([](const Object& o) { return o.kind == ObjectKind::File; }, max_scene_objects);
        if (shown.size() > max_scene_objects) shown.resize(max_scene_objects);
        scene_.more_objects = all - still_there();
        std::ranges::stable_sort(shown, {}, [&](const Object* object) { return maker_of(*object); });
        for (const Object* object : shown) add_object(*object);
    }

    // A connection that nobody has answered yet: where there is little room, the listener alone shows it.
    bool is_outside(const Object& object) const {
        const ObjectId other = object.socket ? object.socket->other : no_id;
        if (other >= model_.objects().size() || object.socket->host != 0) return false;
        const SocketState& theirs = *model_.objects()[other].socket;
        return object.socket->stage == SocketStage::Connecting && theirs.listener != no_id;
    }

    // An object stands below who has made it, as far as there is room.
    ProcessId maker_of(const Object& object) const { return object.born == no_id || object.born >= trace_.size() ? 0 : trace_[object.born].process; }

    bool ended_in_this_step(const Object& object) const {
        return std::any_of(model_.changes().begin(), model_.changes().end(),
                           [&](const Change& c) { return c.object != no_id && shown_under(model_, c.object) == object.id; });
    }

    void add_object(const Object& object) {
        SceneObject made{object.id, is_faded(object), false, {}};
        made.is_changed = (object.born != no_id && object.born >= model_.step_began() && model_.steps() > 0) ||
                          std::any_of(model_.changes().begin(), model_.changes().end(),
                                      [&](const Change& c) { return c.object != no_id && shown_under(model_, c.object) == object.id && c.message != no_id; });
        if (object.kind == ObjectKind::File) {
            for (const OpenFile& file : model_.open_files())
                if (file.object == object.id && file.references > 0) made.files.push_back(file.id);
        }
        scene_.objects.push_back(std::move(made));
    }

    bool is_of_interest(const Object& object, const std::vector<bool>& is_held) const {
        switch (row_of(object.kind).on_stage) {
            case OnStage::Never: return false;
            case OnStage::Always: return true;
            case OnStage::WhenOpen: return is_held[object.id] || !object.holds.empty();
            case OnStage::WhenWritten: return !object.terminal.empty() || is_asked(object.id);
        }
        return false;
    }

    bool is_asked(ObjectId object) const {
        return std::any_of(model_.threads().begin(), model_.threads().end(), [&](const Thread& thread) {
            return thread.state != ThreadState::Ended && thread.waits_for == object;
        });
    }

    // Which objects some process has open: found once, since a long run has met many files.
    std::vector<bool> held_objects() const {
        std::vector<bool> held(model_.objects().size(), false);
        for (const Process& process : model_.processes()) {
            for (const Descriptor& descriptor : process.descriptors) {
                const OpenFile* file = model_.file_behind(process.id, descriptor.number);
                if (file) held[file->object] = true;
            }
            for (const Mapping& mapping : process.mappings) held[mapping.object] = true;
        }
        return held;
    }

    bool is_faded(const Object& object) const {
        const bool has_other = object.socket && object.socket->other < model_.objects().size();
        return object.has_ended && (!has_other || model_.objects()[object.socket->other].has_ended);
    }

    void add_edges(std::size_t position) {
        const Process& process = model_.processes()[scene_.processes[position].id];
        for (const Descriptor& descriptor : process.descriptors) {
            const OpenFile* file = model_.file_behind(process.id, descriptor.number);
            const std::size_t object = file ? position_of(file->object) : scene_.objects.size();
            if (object == scene_.objects.size() || !is_edge_shown(process, descriptor.number, *file)) continue;
            SceneEdge& edge = edge_of(position, object, Tie::Bytes, way_of(*file));
            edge.descriptors.push_back(descriptor.number);
            edge.is_both_ways |= file->end == End::Both || (file->end == End::None && (file->flags & O_ACCMODE) == O_RDWR);
            edge.is_guilty |= is_guilty(process, descriptor);
            edge.is_changed |= has_changed(model_, process.id, descriptor.number);
        }
        if (process.state == ProcessState::Alive) add_uses(position);
        for (const ThreadId id : process.threads) {
            const Thread& thread = model_.threads()[id];
            if (thread.state != ThreadState::Asleep || thread.waits_for == no_id) continue;
            const std::size_t object = position_of(thread.waits_for);
            if (object < scene_.objects.size()) edge_of_sleep(position, object, thread).is_waiting = true;
        }
        for (std::size_t object = 0; object < scene_.objects.size(); ++object) add_holds(position, object);
        for (const Mapping& mapping : process.mappings) add_mapping(position, mapping);
        if (process.state == ProcessState::Alive) add_users(position);
    }

    // Semaphore sets have no descriptors: whoever has operated on one is tied to it, if nothing else ties it.
    void add_users(std::size_t position) {
        const ProcessId process = scene_.processes[position].id;
        for (std::size_t object = 0; object < scene_.objects.size(); ++object) {
            const Object& shown = model_.objects()[scene_.objects[object].id];
            if (!shown.semaphore_set || shown.has_ended) continue;
            const std::vector<ProcessId>& users = shown.semaphore_set->users;
            const bool is_user = std::find(users.begin(), users.end(), process) != users.end();
            const bool is_tied = std::any_of(scene_.edges.begin(), scene_.edges.end(), [&](const SceneEdge& e) { return e.process == position && e.object == object; });
            if (is_user && !is_tied) edge_of(position, object, Tie::Uses, Way::In).label = "uses";
        }
    }

    // System V queues have no descriptors: whoever has sent is tied to it, and whoever has received.
    void add_uses(std::size_t position) {
        const ProcessId process = scene_.processes[position].id;
        for (std::size_t object = 0; object < scene_.objects.size(); ++object) {
            const Object& shown = model_.objects()[scene_.objects[object].id];
            if (!shown.queue || shown.has_ended) continue;
            const auto has = [process](const std::vector<ProcessId>& users) { return std::find(users.begin(), users.end(), process) != users.end(); };
            if (has(shown.queue->senders) && !shown.queue->is_posix) edge_of(position, object, Tie::Bytes, Way::In);
            if (has(shown.queue->receivers) && !shown.queue->is_posix) edge_of(position, object, Tie::Bytes, Way::Out);
        }
    }

    SceneEdge& edge_of_sleep(std::size_t position, std::size_t object, const Thread& thread) {
        const bool is_bytes = thread.call() != no_id && is_about_bytes(row_of(static_cast<CallId>(trace_[thread.call()].call)).effect);
        if (is_bytes) {
            for (SceneEdge& edge : scene_.edges)
                if (edge.process == position && edge.object == object && edge.is_both_ways) return edge;
            return edge_of(position, object, Tie::Bytes, way_of_sleep(thread));
        }
        SceneEdge& edge = edge_of(position, object, Tie::Waits, Way::In);
        edge.label = "waits";
        return edge;
    }

    // Open files hold locks for whoever has a descriptor of them.
    bool is_holder(const Process& process, const Hold& hold) const {
        if (hold.file == no_id) return hold.process == process.id;
        return std::any_of(process.descriptors.begin(), process.descriptors.end(), [&](const Descriptor& d) { return d.file == hold.file; });
    }

    void add_holds(std::size_t position, std::size_t object) {
        const Process& process = model_.processes()[scene_.processes[position].id];
        for (const Hold& hold : model_.objects()[scene_.objects[object].id].holds) {
            if (!is_holder(process, hold)) continue;
            SceneEdge& edge = edge_of(position, object, Tie::Holds, Way::Out);
            edge.label = hold.mode == HoldMode::Shared ? "shares" : "holds";
            edge.is_changed |= hold.since != no_id && hold.since >= model_.step_began();
        }
    }

    // A cycle of waiting lights up: what the stuck ask for, and by what the stuck could give it.
    void light_up_the_stuck() {
        const std::vector<Wait> graph = wait_graph(trace_, model_);
        scene_.alarm = sentence_of_stuck(model_, graph);
        for (const Wait& wait : graph) {
            if (!wait.is_stuck || wait.at == no_id) continue;
            const ProcessId waiter = model_.threads()[wait.waiter].process;
            for (SceneEdge& edge : scene_.edges) {
                if (scene_.objects[edge.object].id != wait.at) continue;
                const ProcessId process = scene_.processes[edge.process].id;
                const bool is_asking = edge.is_waiting && process == waiter;
                const bool could_give = !edge.is_waiting && std::find(wait.on.begin(), wait.on.end(), process) != wait.on.end();
                const bool is_giving = edge.tie == Tie::Holds || (edge.tie == Tie::Bytes && edge.way != way_of_sleep(model_.threads()[wait.waiter]));
                edge.is_guilty |= is_asking || (could_give && is_giving);
            }
        }
    }

    void add_mapping(std::size_t position, const Mapping& mapping) {
        const std::size_t object = position_of(mapping.object);
        if (object == scene_.objects.size()) return;
        SceneEdge& edge = edge_of(position, object, Tie::Uses, Way::In);
        edge.label = "maps";
        edge.is_changed |= mapping.since != no_id && mapping.since >= model_.step_began();
    }

    // The terminal is everybody's; an edge to it stands only while somebody is at it, or all others would drown in them.
    bool is_edge_shown(const Process& process, int descriptor, const OpenFile& file) const {
        if (model_.objects()[file.object].kind != ObjectKind::Terminal) return true;
        const bool is_at_it = std::any_of(process.threads.begin(), process.threads.end(), [&](ThreadId id) {
            const Thread& thread = model_.threads()[id];
            if (thread.state == ThreadState::Ended || thread.call() == no_id) return false;
            const Event& enter = trace_[thread.call()];
            const int argument = argument_with(row_of(static_cast<CallId>(enter.call)), Role::Fd);
            return argument == 0 && enter.value[0] == descriptor;
        });
        return is_at_it || std::any_of(model_.changes().begin(), model_.changes().end(), [&](const Change& c) {
                   return c.message != no_id && c.object == file.object && c.process == process.id &&
                          descriptor == 1;
               });
    }

    static Way way_of(const OpenFile& file) {
        if (file.end == End::None) return (file.flags & O_ACCMODE) == O_RDONLY ? Way::Out : Way::In;
        return file.end == End::Read ? Way::Out : Way::In;
    }

    Way way_of_sleep(const Thread& thread) const {
        if (thread.call() == no_id) return Way::Out;
        const Event& enter = trace_[thread.call()];
        const CallRow& row = row_of(static_cast<CallId>(enter.call));
        if (is_send(row.effect) || row.effect == Effect::AddsCount) return Way::In;
        const int flags = argument_with(row, Role::OpenFlags);
        if (row.effect != Effect::Opens || flags < 0) return Way::Out;
        return (enter.value[flags] & O_ACCMODE) == O_RDONLY ? Way::Out : Way::In;
    }

    SceneEdge& edge_of(std::size_t process, std::size_t object, Tie tie, Way way) {
        for (SceneEdge& edge : scene_.edges)
            if (edge.process == process && edge.object == object && edge.tie == tie && edge.way == way) return edge;
        SceneEdge& made = scene_.edges.emplace_back();
        made.process = process, made.object = object, made.tie = tie, made.way = way;
        return made;
    }

    std::size_t position_of(ObjectId any) const {
        const ObjectId id = shown_under(model_, any);
        const auto found = std::find_if(scene_.objects.begin(), scene_.objects.end(),
                                        [&](const SceneObject& object) { return object.id == id; });
        return static_cast<std::size_t>(found - scene_.objects.begin());
    }

    const Trace& trace_;
    const Model& model_;
    ThreadId next_;
    StageScene scene_;
};

}  // namespace

StageScene make_scene(const Trace& trace, const Model& model, std::size_t expected_processes, ThreadId next) {
    return SceneMaker(trace, model, next).make(expected_processes);
}

ThreadId shown_thread(const Model& model, const Process& process, ThreadId next) {
    const auto rank = [&](ThreadId id) {
        switch (model.threads()[id].state) {
            case ThreadState::AtGate: return id == next ? 0 : 1;
            case ThreadState::Asleep: return 2;
            case ThreadState::InKernel: return 3;
            case ThreadState::Running: return 4;
            case ThreadState::Ended: break;
        }
        return 5;
    };
    const auto first = std::min_element(process.threads.begin(), process.threads.end(),
                                        [&](ThreadId a, ThreadId b) { return rank(a) < rank(b); });
    return first == process.threads.end() || rank(*first) == 5 ? no_id : *first;
}

ObjectId shown_under(const Model& model, ObjectId id) {
    const Object& object = model.objects()[id];
    return object.socket && object.socket->other < id ? object.socket->other : id;
}

}  // namespace ipcscope
