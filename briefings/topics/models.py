"""What stories are about, as rows: what a page about a company, model, person or concern is put together from."""

from __future__ import annotations

from django.db import models

from ingest.models import Story


class StoryTopic(models.Model):
    """A story tells of a topic, which it spells so. Topics have no row of their own: a reader sees of one what the
    stories that they may see make of it."""

    class Kind(models.TextChoices):
        NAME = "name"  # a company, a product, a place of work
        MODEL = "model"
        PERSON = "person"
        CONCERN = "concern"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="topics")
    key = models.CharField(max_length=80, help_text="equal for all spellings of a name")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rank = models.PositiveSmallIntegerField(help_text="0 for what the story is most about")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["story", "key"], name="one_link_per_story_and_topic"),
        ]
        indexes = [models.Index(fields=["key", "story"], name="topic_stories")]

    def __str__(self) -> str:
        return f"{self.name} in {self.story_id}"


class TopicsRead(models.Model):
    """The version of a story whose topics are known."""

    story = models.OneToOneField(
        Story, on_delete=models.CASCADE, primary_key=True, related_name="topics_read"
    )
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.story_id} v{self.version}"
