// Drawing a kernel object's box: what all kinds share, and the table of their bodies. A kind with a picture of its own is
// a file stage_<subject>.cpp and a row in stage_object.cpp; the others get their name, who holds them and who waits.
#pragma once

#include <string>

#include "app/views/stage_draw.h"

namespace ipcscope {

class ObjectPainter {
 public:
    ObjectPainter(const StageFrame& frame, std::size_t position);

    const StageFrame& frame() const { return frame_; }
    const Theme& theme() const { return theme_; }
    const Model& model() const { return frame_.model(); }
    const SceneObject& scene() const { return scene_; }
    const Object& object() const { return object_; }
    ImDrawList* list() const { return frame_.list; }
    bool is_compact() const { return place_.is_compact; }
    float px(float logical) const { return frame_.px(logical); }
    float alpha() const;                          // less than 1 for what has ended
    ImU32 dim() const { return theme_.ink(Ink::TextDim); }

    void draw_ground();
    // The next `height` (logical) of the box; what is left below is `rest`.
    Rect take(float height);
    const Rect& rest() const { return inner_; }
    void skip(float height) { inner_.min.y += px(height); }

    static constexpr float most_of_title = 0.62f;    // may be the state
    // Name at the left, `state` at the right, and between them, if there is room, the kernel's own name for it.
    void draw_title(const std::string& name, const std::string& state, bool is_state_grave = false);
    // A bar, `share` of it filled from the right, where what leaves first lies.
    void draw_gauge(const Rect& bar, double share, bool is_full) const;
    // A moon and the names of who sleeps here, at the right of `room`; nothing if nobody does.
    void draw_waiters(const Rect& room) const;
    // "held by parent", in the holders' colours; "free" if nobody has it.
    void draw_holders(const Rect& room) const;
    // Bytes of this message that are drawn on an edge just now are not yet in the box.
    bool is_on_its_way(MessageId message) const;

 private:
    const StageFrame& frame_;
    const Theme& theme_;
    const SceneObject& scene_;
    const ObjectPlace& place_;
    const Object& object_;
    Rect box_, inner_;   // inner_: what is not yet taken
};

// Logical height of an object's box.
float object_height(const Model& model, const SceneObject& object, bool is_compact);

// The bodies: stage_pipe.cpp, stage_file.cpp, stage_terminal.cpp …
void draw_pipe_body(ObjectPainter& painter);
void draw_file_body(ObjectPainter& painter);
void draw_semaphore_body(ObjectPainter& painter);
void draw_semaphore_set_body(ObjectPainter& painter);
float semaphore_set_height(const Model& model, const SceneObject& object, bool is_compact);
void draw_terminal_body(ObjectPainter& painter);
// Locks on files (stage_locks.cpp): whether this open file is locked, at the right of its line (answers the width taken); and the
// file as a bar of bytes with the ranges that are locked, and below them those that somebody waits for.
float draw_lock_of_file(const ObjectPainter& painter, const Rect& line, const OpenFile& file);
void draw_lock_ranges(ObjectPainter& painter);
float lock_ranges_height(const Object& object);
// Mutexes and spin locks, condition variables, read/write locks, barriers (stage_pthreads.cpp)
void draw_mutex_body(ObjectPainter& painter);
float mutex_height(const Model& model, const SceneObject& object, bool is_compact);
void draw_condition_body(ObjectPainter& painter);
void draw_read_write_lock_body(ObjectPainter& painter);
void draw_barrier_body(ObjectPainter& painter);
void draw_queue_body(ObjectPainter& painter);
void draw_socket_body(ObjectPainter& painter);
float socket_height(const Model& model, const SceneObject& object, bool is_compact);
void draw_event_file_body(ObjectPainter& painter);
void draw_memory_body(ObjectPainter& painter);
float memory_height(const Model& model, const SceneObject& object, bool is_compact);
float file_height(const Model& model, const SceneObject& object, bool is_compact);

}  // namespace ipcscope
