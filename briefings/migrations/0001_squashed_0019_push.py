"""All that the first nineteen migrations make, at once: a new database is there in half the time."""

import briefings.changing
import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import ingest.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from users.indexes import SettleAll

SEARCH = """
ALTER TABLE briefings_brief ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.headline.text')), 'A') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.takeaways[*].text')), 'B') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, '$.sections[*].question')), 'C') ||
    setweight(to_tsvector('english', jsonb_path_query_array(body, 'strict $.**.text')), 'D')
) STORED;
CREATE INDEX brief_search ON briefings_brief USING gin (search);
"""


class Migration(migrations.Migration):

    replaces = [('briefings', '0001_initial'), ('briefings', '0002_initial'), ('briefings', '0003_own_sources'), ('briefings', '0004_corrections'), ('briefings', '0005_sharing_and_saving'), ('briefings', '0006_search_in_briefs'), ('briefings', '0007_lens_work_key'), ('briefings', '0008_edition_asked'), ('briefings', '0009_conversations'), ('briefings', '0010_gone_shares'), ('briefings', '0011_halves'), ('briefings', '0012_feedback'), ('briefings', '0013_topics_and_looks'), ('briefings', '0014_planned_mail'), ('briefings', '0015_changes'), ('briefings', '0016_read_state_in_sync'), ('briefings', '0017_watched'), ('briefings', '0018_note_folder'), ('briefings', '0019_push')]

    initial = True

    dependencies = [
        ('ingest', '0013_loose'),
        ('users', '0007_watched'),
        ('usersessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Brief',
            fields=[
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('id', models.CharField(default=ingest.models.public_id, editable=False, max_length=16, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('articles', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('ready', 'Ready'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('writer', models.CharField(blank=True, choices=[('model', 'Model'), ('extractive', 'Extractive')], max_length=12)),
                ('body', models.JSONField(blank=True, null=True)),
                ('unsupported', models.PositiveIntegerField(blank=True, help_text='sentences the verifier rejected', null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('written_at', models.DateTimeField(blank=True, null=True)),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='briefs', to='ingest.story')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='brief_due'), django.contrib.postgres.indexes.GinIndex(fields=['articles'], name='brief_articles', opclasses=['jsonb_path_ops']), models.Index(condition=models.Q(('due_at__isnull', True), models.Q(('error', ''), _negated=True)), fields=['id'], name='brief_resting'), models.Index(condition=models.Q(('written_at__isnull', False)), fields=['written_at'], name='brief_written')],
                'constraints': [models.UniqueConstraint(fields=('story', 'version'), name='one_brief_per_story_version'), models.UniqueConstraint(fields=('story', 'fingerprint'), name='one_brief_per_fingerprint'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('body__isnull', False), ('body__verification__isnull', False), ('body__verification__sentences__gt', 0), ('body__verification__sentences__isnull', False), ('unsupported', 0), ('unsupported__isnull', False), ('verified_at__isnull', False), ('written_at__isnull', False)), _connector='OR'), name='ready_brief_is_verified')],
            },
        ),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of', models.CharField(choices=[('brief', 'Brief'), ('lens', 'Lens'), ('answer', 'Answer'), ('own', 'Own')], max_length=8)),
                ('where', models.CharField(help_text='its place in the brief, the lens or the answers', max_length=80)),
                ('text', models.TextField(blank=True)),
                ('headline', models.TextField(blank=True, help_text='of the brief')),
                ('outcome', models.CharField(choices=[('stands', 'Stands'), ('upheld', 'Upheld'), ('struck', 'Struck')], max_length=8)),
                ('found', models.JSONField(default=list, help_text='what was checked, or what is wrong, in words')),
                ('times', models.PositiveIntegerField(default=1, help_text='readers who reported it')),
                ('by_staff', models.BooleanField(default=False)),
                ('first_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='challenges', to='briefings.brief')),
            ],
            options={
                'ordering': ['-checked_at', '-pk'],
                'indexes': [models.Index(fields=['first_at'], name='challenge_first')],
                'constraints': [models.UniqueConstraint(fields=('brief', 'where'), name='one_challenge_per_sentence'), models.CheckConstraint(condition=models.Q(('of', 'brief'), models.Q(('found', []), ('headline', ''), ('text', '')), _connector='OR'), name='only_what_all_see_is_told')],
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='briefings.brief')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reader', 'brief'), name='one_conversation_per_reader_and_brief')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_revision', models.PositiveIntegerField()),
                ('to_revision', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('changed', 'Changed'), ('withdrawn', 'Withdrawn'), ('challenged', 'Challenged')], default='changed', max_length=10)),
                ('publisher', models.TextField()),
                ('title', models.TextField(help_text='of the article, as it is now')),
                ('url', models.TextField(blank=True)),
                ('changes', models.TextField(blank=True, help_text='what the edit did, in words')),
                ('note', models.TextField(blank=True, help_text="the source's own words about it")),
                ('struck', models.JSONField(default=list)),
                ('restored', models.JSONField(default=list)),
                ('major', models.BooleanField(default=False, help_text='the headline or most of the text stands no longer')),
                ('changed_at', models.DateTimeField()),
                ('noticed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='ingest.article')),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='briefings.brief')),
                ('replacement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaces', to='briefings.brief')),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
            ],
            options={
                'ordering': ['noticed_at', 'pk'],
                'indexes': [models.Index(fields=['changed'], name='correction_changed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('restored', []), ('struck', []), _negated=True), name='correction_corrects_something'), models.CheckConstraint(condition=models.Q(('replacement', models.F('brief')), _negated=True), name='correction_replaces_by_another'), models.UniqueConstraint(condition=models.Q(('kind', 'challenged'), _negated=True), fields=('brief', 'article', 'to_revision'), name='one_correction_per_brief_and_revision'), models.CheckConstraint(condition=models.Q(('from_revision__lt', models.F('to_revision')), models.Q(('from_revision', models.F('to_revision')), ('kind', 'challenged')), _connector='OR'), name='correction_by_a_later_revision')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('id', models.CharField(default=ingest.models.public_id, editable=False, max_length=16, primary_key=True, serialize=False)),
                ('local_date', models.DateField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('ready', 'Ready'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('role', models.SlugField(max_length=40)),
                ('industry', models.SlugField(max_length=40)),
                ('sample', models.BooleanField(default=False, help_text='filled from the bundled sample, replaced by real news')),
                ('prepared_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='editions', to=settings.AUTH_USER_MODEL)),
                ('asked', models.BooleanField(db_default=False, default=False, help_text='somebody asked for it, and may be waiting')),
                ('bare', models.BooleanField(db_default=False, default=False, help_text='frozen without real news; looked at again until it is mailed')),
                ('goes_at', models.DateTimeField(blank=True, db_default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), help_text='when to see to its mail; null when seen to', null=True)),
                ('round_up', models.BooleanField(db_default=False, default=False, help_text='of the week, for a reader who gets one a week')),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='edition_due'), models.Index(condition=models.Q(('goes_at__isnull', False)), fields=['goes_at'], name='edition_goes'), models.Index(condition=models.Q(('bare', True)), fields=['prepared_at'], name='edition_bare'), models.Index(fields=['reader', 'changed'], name='edition_changed'), models.Index(condition=models.Q(('due_at__isnull', True), models.Q(('error', ''), _negated=True)), fields=['id'], name='edition_resting')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'local_date'), name='one_edition_per_reader_and_date')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('channel', models.CharField(default='email', max_length=10)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('failed', 'Failed'), ('unknown', 'Unknown')], default='queued', max_length=10)),
                ('message_id', models.CharField(max_length=200, unique=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='briefings.edition')),
                ('held_by', models.CharField(blank=True, db_default='', help_text='where the notes of the claim lie (briefings.sent)', max_length=80)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='delivery_due'), models.Index(condition=models.Q(('sent_at__isnull', False)), fields=['sent_at'], name='delivery_sent'), models.Index(condition=models.Q(('state__in', ['failed', 'unknown'])), fields=['state'], name='delivery_troubled')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'channel'), name='one_delivery_per_edition_and_channel')],
            },
        ),
        migrations.CreateModel(
            name='GoneShare',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('gone_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='Half',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(help_text='role:SLUG or industry:SLUG', max_length=60)),
                ('body', models.JSONField(blank=True, null=True)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='halves', to='briefings.brief')),
            ],
            options={
                'verbose_name_plural': 'halves',
                'constraints': [models.UniqueConstraint(fields=('brief', 'part'), name='one_half_per_brief_and_part')],
            },
        ),
        migrations.CreateModel(
            name='Lens',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('role', models.SlugField(max_length=40)),
                ('industry', models.SlugField(max_length=40)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('ready', 'Ready'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('writer', models.CharField(blank=True, choices=[('model', 'Model'), ('extractive', 'Extractive')], max_length=12)),
                ('body', models.JSONField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lenses', to='briefings.brief')),
                ('work_key', models.CharField(blank=True, db_default='', help_text="the ledger's name of the calls it took, alone or with others", max_length=40)),
                ('asked_by', models.ForeignKey(blank=True, help_text='the reader who looks through it and pays for it; nobody where an edition wished for it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'lenses',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='lens_due'), models.Index(condition=models.Q(('due_at__isnull', True), models.Q(('error', ''), _negated=True)), fields=['id'], name='lens_resting')],
                'constraints': [models.UniqueConstraint(fields=('brief', 'role', 'industry'), name='one_lens_per_brief_role_industry'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('body__isnull', False), ('verified_at__isnull', False)), _connector='OR'), name='ready_lens_is_verified')],
            },
        ),
        migrations.CreateModel(
            name='EditionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField()),
                ('why', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), default=list, size=None)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='items', to='briefings.brief')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='briefings.edition')),
                ('lens', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='briefings.lens')),
            ],
            options={
                'ordering': ['rank'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'rank'), name='one_item_per_rank'), models.UniqueConstraint(fields=('edition', 'brief'), name='one_item_per_brief')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='letter', serialize=False, to='briefings.edition')),
                ('message', models.BinaryField()),
                ('told', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='own sources that it tells are lost', size=None)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='MailDoor',
            fields=[
                ('server', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='NoteFolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='briefings.correction')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='briefings.edition')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('reader', 'correction'), name='one_notice_per_reader_and_correction')],
            },
        ),
        migrations.CreateModel(
            name='Opened',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opened', to='briefings.brief')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opened', to=settings.AUTH_USER_MODEL)),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'opened briefs',
                'indexes': [models.Index(fields=['reader', 'changed'], name='opened_changed')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'brief'), name='opened_once')],
            },
        ),
        migrations.CreateModel(
            name='PrivateFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=48)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reader', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feed', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('endpoint', models.TextField(max_length=1000)),
                ('digest', models.CharField(editable=False, help_text='hash of the endpoint', max_length=64)),
                ('p256dh', models.CharField(max_length=100)),
                ('auth', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('pushed_at', models.DateTimeField(blank=True, help_text='when a push was last taken', null=True)),
                ('held', models.CharField(blank=True, max_length=300)),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pushes', to='users.devicetoken')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pushes', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pushes', to='usersessions.usersession')),
            ],
            options={
                'indexes': [models.Index(fields=['digest'], name='push_endpoint')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'digest'), name='one_push_per_reader_and_endpoint')],
            },
        ),
        migrations.CreateModel(
            name='PushDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('skipped', 'Skipped'), ('failed', 'Failed'), ('unknown', 'Unknown')], default='queued', max_length=10)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('held_by', models.CharField(blank=True, db_default='', help_text='where the notes of the claim lie (briefings.sent)', max_length=80)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pushes', to='briefings.edition')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='briefings.pushsubscription')),
            ],
            options={
                'verbose_name_plural': 'push deliveries',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='push_due'), models.Index(condition=models.Q(('state__in', ['failed', 'unknown'])), fields=['state'], name='push_troubled')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'subscription'), name='one_push_per_edition_and_subscription')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(help_text='the sentence')),
                ('found', models.JSONField(default=list, help_text='what was checked for them, or what was wrong, in words')),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('released', models.BooleanField(default=False, help_text='the reason may be read in the accuracy log')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('challenge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='briefings.challenge')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('reader', 'challenge'), name='one_report_per_reader_and_sentence')],
            },
        ),
        migrations.CreateModel(
            name='Saved',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved', to='briefings.brief')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved', to=settings.AUTH_USER_MODEL)),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'saved briefs',
                'constraints': [models.UniqueConstraint(fields=('reader', 'brief'), name='saved_once')],
                'indexes': [models.Index(fields=['reader', 'changed'], name='saved_changed')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(max_length=48)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('views', models.PositiveIntegerField(default=0)),
                ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='briefings.brief')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reader', 'brief'), name='one_share_per_brief')],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('more', 'More'), ('less', 'Less'), ('dismiss', 'Dismiss'), ('mute', 'Mute')], max_length=8)),
                ('kind', models.CharField(choices=[('name', 'Name'), ('topic', 'Topic'), ('sort', 'Sort'), ('source', 'Source'), ('story', 'Story')], max_length=8)),
                ('key', models.CharField(max_length=300)),
                ('label', models.TextField()),
                ('weight', models.FloatField(default=0.0)),
                ('headline', models.TextField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('brief', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='briefings.brief')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signals', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('act__in', ('more', 'less'))), fields=('reader', 'brief', 'kind', 'key'), name='one_weight_per_brief_and_key'), models.UniqueConstraint(condition=models.Q(('act__in', ('dismiss', 'mute'))), fields=('reader', 'kind', 'key'), name='kept_out_once'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'more'), ('weight__gt', 0)), models.Q(('act', 'less'), ('weight__lt', 0)), models.Q(('act__in', ('dismiss', 'mute')), ('weight', 0)), _connector='OR'), name='weight_as_the_act_says')],
            },
        ),
        migrations.CreateModel(
            name='StoryTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='equal for all spellings of a name', max_length=80)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('name', 'Name'), ('model', 'Model'), ('person', 'Person'), ('concern', 'Concern')], max_length=10)),
                ('rank', models.PositiveSmallIntegerField(help_text='0 for what the story is most about')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='ingest.story')),
            ],
            options={
                'ordering': ['rank'],
                'indexes': [models.Index(fields=['key', 'story'], name='topic_stories')],
                'constraints': [models.UniqueConstraint(fields=('story', 'key'), name='one_link_per_story_and_topic')],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed', models.BigIntegerField(db_default=briefings.changing.CurrentTransaction(), editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=40)),
                ('gone_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reader', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['reader', 'changed'], name='tombstone_changed')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'kind', 'key'), name='one_tombstone_each')],
            },
        ),
        migrations.CreateModel(
            name='TopicsRead',
            fields=[
                ('story', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='topics_read', serialize=False, to='ingest.story')),
                ('version', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Turn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('number', models.PositiveIntegerField()),
                ('question', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('answered', 'Answered'), ('stopped', 'Stopped'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('writer', models.CharField(blank=True, choices=[('model', 'Model'), ('extractive', 'Extractive'), ('prepared', 'Prepared'), ('reused', 'Reused')], max_length=12)),
                ('without', models.CharField(blank=True, choices=[('no_model', 'No Model'), ('reader_budget', 'Reader'), ('service_budget', 'Service'), ('no_answer', 'No Answer')], max_length=16)),
                ('stands_alone', models.BooleanField(default=False)),
                ('dropped', models.PositiveIntegerField(default=0, help_text='sentences the verifier rejected')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='briefings.conversation')),
                ('client_id', models.CharField(blank=True, db_default='', help_text='what the asking device calls it, if it repeats itself', max_length=64)),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='turn_due'), models.Index(condition=models.Q(('due_at__isnull', True), models.Q(('error', ''), _negated=True)), fields=['id'], name='turn_resting')],
                'constraints': [models.UniqueConstraint(fields=('conversation', 'number'), name='one_turn_per_number'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('writer', ''), _negated=True)), _connector='OR'), name='answered_turn_says_when_and_by_what'), models.UniqueConstraint(condition=models.Q(('client_id', ''), _negated=True), fields=('conversation', 'client_id'), name='one_turn_per_client_id')],
            },
        ),
        migrations.CreateModel(
            name='AnswerSentence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=1000)),
                ('citations', models.JSONField()),
                ('unsupported', models.PositiveSmallIntegerField(help_text='rules that the verifier found broken')),
                ('verified_at', models.DateTimeField()),
                ('struck', models.JSONField(blank=True, null=True)),
                ('turn', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sentences', to='briefings.turn')),
            ],
            options={
                'ordering': ['place'],
                'constraints': [models.UniqueConstraint(fields=('turn', 'place'), name='one_sentence_per_place'), models.CheckConstraint(condition=models.Q(('unsupported', 0), models.Q(('text', ''), _negated=True), models.Q(('citations', []), _negated=True)), name='told_is_verified')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_stays_as_told', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."brief_id" IS DISTINCT FROM (NEW."brief_id") OR OLD."from_revision" IS DISTINCT FROM (NEW."from_revision") OR OLD."to_revision" IS DISTINCT FROM (NEW."to_revision") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."publisher" IS DISTINCT FROM (NEW."publisher") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."url" IS DISTINCT FROM (NEW."url") OR OLD."changes" IS DISTINCT FROM (NEW."changes") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."struck" IS DISTINCT FROM (NEW."struck") OR OLD."restored" IS DISTINCT FROM (NEW."restored") OR OLD."major" IS DISTINCT FROM (NEW."major") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."noticed_at" IS DISTINCT FROM (NEW."noticed_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2e3af88bd3fd67e2a846d4e542d4d15119eb9ae5', operation='UPDATE', pgid='pgtrigger_correction_stays_as_told_481b3', table='briefings_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='letters_are_made_anew', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                DELETE FROM briefings_letter USING briefings_editionitem item\n                WHERE item.brief_id = NEW.brief_id AND briefings_letter.edition_id = item.edition_id;\n                RETURN NULL;\n                ', hash='327e5ce393b5b717af91e786b01d742d4d48be27', operation='INSERT', pgid='pgtrigger_letters_are_made_anew_f7091', table='briefings_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_has_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."replacement_id" IS DISTINCT FROM (NEW."replacement_id"))', func='NEW.changed := ((pg_current_xact_id())::text)::bigint; RETURN NEW;', hash='ece2c8b5e54ae88a4a7f09428e05fc7d652c5bf6', operation='UPDATE', pgid='pgtrigger_correction_has_changed_1154b', table='briefings_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='edition',
            trigger=pgtrigger.compiler.Trigger(name='edition_has_changed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."prepared_at" IS DISTINCT FROM (NEW."prepared_at") OR OLD."sample" IS DISTINCT FROM (NEW."sample") OR OLD."state" IS DISTINCT FROM (NEW."state"))', func='NEW.changed := ((pg_current_xact_id())::text)::bigint; RETURN NEW;', hash='cb6ea98eb026c7412b17cf8642ce305dd75c117c', operation='UPDATE', pgid='pgtrigger_edition_has_changed_8ef15', table='briefings_edition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='notice_to_its_editions_reader', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF NEW.reader_id <> (SELECT reader_id FROM briefings_edition WHERE id = NEW.edition_id) THEN\n                    RAISE EXCEPTION 'notice % is not for the reader of its edition', NEW.id\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NEW;\n                ", hash='d05f8e43eeb1b869c24ba7e16ffa12b88723ff14', operation='INSERT OR UPDATE', pgid='pgtrigger_notice_to_its_editions_reader_8198c', table='briefings_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='opened',
            trigger=pgtrigger.compiler.Trigger(name='read_no_longer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO briefings_tombstone (reader_id, kind, key)\n        SELECT OLD.reader_id, 'read', OLD.brief_id\n        WHERE EXISTS (SELECT FROM users_user WHERE id = OLD.reader_id)\n        ON CONFLICT (reader_id, kind, key) DO UPDATE SET changed = excluded.changed, gone_at = excluded.gone_at;\n        RETURN NULL;\n        ", hash='17976b59b91645585115fed6dd2b9e6ecd792127', operation='DELETE', pgid='pgtrigger_read_no_longer_eb459', table='briefings_opened', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='opened',
            trigger=pgtrigger.compiler.Trigger(name='read_again', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        DELETE FROM briefings_tombstone\n        WHERE reader_id = NEW.reader_id AND kind = 'read' AND key = NEW.brief_id;\n        RETURN NULL;\n        ", hash='e6cd597ea0f1b11c11f25e6a5acbcfac7106aa68', operation='INSERT', pgid='pgtrigger_read_again_4d26a', table='briefings_opened', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='saved',
            trigger=pgtrigger.compiler.Trigger(name='saved_no_longer', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO briefings_tombstone (reader_id, kind, key)\n        SELECT OLD.reader_id, 'saved', OLD.brief_id\n        WHERE EXISTS (SELECT FROM users_user WHERE id = OLD.reader_id)\n        ON CONFLICT (reader_id, kind, key) DO UPDATE SET changed = excluded.changed, gone_at = excluded.gone_at;\n        RETURN NULL;\n        ", hash='afb073103baf1a9d01da9bea4c50914551e54dac', operation='DELETE', pgid='pgtrigger_saved_no_longer_bb264', table='briefings_saved', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='saved',
            trigger=pgtrigger.compiler.Trigger(name='saved_again', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        DELETE FROM briefings_tombstone\n        WHERE reader_id = NEW.reader_id AND kind = 'saved' AND key = NEW.brief_id;\n        RETURN NULL;\n        ", hash='ac84fa00fee6d8aefcc399adeb8087752f7946cb', operation='INSERT', pgid='pgtrigger_saved_again_1d897', table='briefings_saved', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='share',
            trigger=pgtrigger.compiler.Trigger(name='nobodys_own', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF EXISTS (\n                    SELECT FROM briefings_brief JOIN ingest_story ON ingest_story.id = briefings_brief.story_id\n                    WHERE briefings_brief.id = NEW.brief_id AND ingest_story.owner_id IS NOT NULL\n                ) THEN\n                    RAISE EXCEPTION 'brief % is made of a reader''s own sources', NEW.brief_id\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NEW;\n                ", hash='4bfd0eb6498998f593fc4500198fc344bc1d0961', operation='INSERT OR UPDATE', pgid='pgtrigger_nobodys_own_92121', table='briefings_share', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='share',
            trigger=pgtrigger.compiler.Trigger(name='is_known_to_be_gone', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                INSERT INTO briefings_goneshare (digest) VALUES (OLD.digest) ON CONFLICT DO NOTHING;\n                RETURN NULL;\n                ', hash='b0cf57ab2fab44dcd00f6d66fa5bd819207db566', operation='DELETE', pgid='pgtrigger_is_known_to_be_gone_d2c20', table='briefings_share', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answersentence',
            trigger=pgtrigger.compiler.Trigger(name='told_stays_as_told', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."turn_id" IS DISTINCT FROM (NEW."turn_id") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."citations" IS DISTINCT FROM (NEW."citations") OR OLD."unsupported" IS DISTINCT FROM (NEW."unsupported") OR OLD."verified_at" IS DISTINCT FROM (NEW."verified_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0785b4a70e0bb63bdc5798509513750264cdb0be', operation='UPDATE', pgid='pgtrigger_told_stays_as_told_2ffee', table='briefings_answersentence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='answersentence',
            trigger=pgtrigger.compiler.Trigger(name='told_quotes_its_sources', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF EXISTS (\n                    SELECT FROM jsonb_array_elements(NEW.citations) AS cited\n                    WHERE NOT EXISTS (\n                        SELECT FROM ingest_article WHERE id = (cited->>'article')::bigint AND substr(\n                            text, (cited->>'start')::int + 1, (cited->>'end')::int - (cited->>'start')::int\n                        ) = cited->>'quote'\n                    ) AND NOT EXISTS (\n                        SELECT FROM ingest_revision WHERE article_id = (cited->>'article')::bigint AND substr(\n                            text, (cited->>'start')::int + 1, (cited->>'end')::int - (cited->>'start')::int\n                        ) = cited->>'quote'\n                    )\n                ) THEN\n                    RAISE EXCEPTION 'a sentence of turn % quotes what no article of it says', NEW.turn_id\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NEW;\n                ", hash='4d3ea1ae9c8565b90fb9782b0619defa01e4f61e', operation='INSERT', pgid='pgtrigger_told_quotes_its_sources_b895f', table='briefings_answersentence', when='BEFORE')),
        ),
        # Not a field of the model: every query for a brief would fetch it.
        migrations.RunSQL(SEARCH, 'ALTER TABLE briefings_brief DROP COLUMN search'),
        # Readers leave while triggers still write their tombstones: the database takes these along.
        migrations.RunSQL(
            "ALTER TABLE briefings_tombstone ADD CONSTRAINT tombstone_goes_with_its_reader"
            " FOREIGN KEY (reader_id) REFERENCES users_user (id) ON DELETE CASCADE",
            "ALTER TABLE briefings_tombstone DROP CONSTRAINT tombstone_goes_with_its_reader",
        ),
        SettleAll(),
    ]
