import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0003_mail_habits'),
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
        # Counts of a minute: nothing that a crash must keep, and written with every request.
        migrations.RunSQL("ALTER TABLE users_deviceuse SET UNLOGGED", "ALTER TABLE users_deviceuse SET LOGGED"),
    ]
