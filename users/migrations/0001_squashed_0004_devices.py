"""All that the first four migrations make, at once: a new database is there in half the time.

Those stay for databases that have some of them; what follows waits for the tables of others, so it is not in here.
"""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import timezone_field.fields
import users.models
from django.conf import settings
from django.db import migrations, models

from users.indexes import SettleAll


class Migration(migrations.Migration):

    replaces = [('users', '0001_initial'), ('users', '0002_cache'), ('users', '0003_mail_habits'), ('users', '0004_devices')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeviceUse',
            fields=[
                ('device', models.BigIntegerField(primary_key=True, serialize=False)),
                ('minute', models.BigIntegerField()),
                ('times', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MailEvent',
            fields=[
                ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('happened_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('email', models.EmailField(max_length=254, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('bounced', 'Bounced'), ('complained', 'Complained')], max_length=12)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('since', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='suppressed_email_lower')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='email_lower')],
            },
        ),
        migrations.CreateModel(
            name='DeviceToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.SlugField(max_length=40)),
                ('industry', models.SlugField(max_length=40)),
                ('interests', models.TextField(blank=True, max_length=1000)),
                ('time_zone', timezone_field.fields.TimeZoneField(default='UTC')),
                ('hour', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(23)])),
                ('days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=users.models.every_day, size=None)),
                ('digest', models.BooleanField(default=True, help_text='send the daily email')),
                ('onboarded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='profile', to=settings.AUTH_USER_MODEL)),
                ('paused_until', models.DateField(blank=True, null=True)),
                ('rhythm', models.CharField(choices=[('daily', 'Daily'), ('weekly', 'Weekly')], db_default='daily', default='daily', max_length=10)),
                ('round_up_day', models.PositiveSmallIntegerField(db_default=5, default=5)),
                ('slot_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['slot_at'], name='profile_slot')],
                'constraints': [models.CheckConstraint(condition=models.Q(('hour__lte', 23)), name='hour_of_day')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='slot_is_found_anew', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."days" IS DISTINCT FROM (NEW."days") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."hour" IS DISTINCT FROM (NEW."hour") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."rhythm" IS DISTINCT FROM (NEW."rhythm") OR OLD."round_up_day" IS DISTINCT FROM (NEW."round_up_day") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))', func='NEW.slot_at = NULL; RETURN NEW;', hash='bd31268a9e17a489b95c4a68cf1b74e560491efe', operation='UPDATE', pgid='pgtrigger_slot_is_found_anew_c39a6', table='users_profile', when='BEFORE')),
        ),
        # The table of Django's cache, which holds how often somebody tried to sign in.
        migrations.RunSQL(
            [
                """
                CREATE TABLE IF NOT EXISTS cache (
                    cache_key varchar(255) NOT NULL PRIMARY KEY,
                    value text NOT NULL,
                    expires timestamp with time zone NOT NULL
                )
                """,
                "CREATE INDEX IF NOT EXISTS cache_expires ON cache (expires)",
            ],
            ["DROP TABLE cache"],
        ),
        # Counts of a minute: nothing that a crash must keep, and written with every request.
        migrations.RunSQL("ALTER TABLE users_deviceuse SET UNLOGGED", "ALTER TABLE users_deviceuse SET LOGGED"),
        SettleAll(),
    ]
